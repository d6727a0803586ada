export { Clocks } from '../clocks.ts'
