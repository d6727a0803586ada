export { Waiting } from '../waiting.ts'
