import { render } from 'preact'
import { installPalette } from '../paint/colours.ts'
import { listenForKeys } from './commands.ts'
import { readOther } from './comparing.ts'
import { Frame } from './frame.tsx'
import './theme.css'
import './frame.css'
import './panes.css'
import { searchOutside } from './matching.ts'
import { openOnViolations } from './opening.ts'
import { begin } from './state.ts'

installPalette()
render(<Frame />, document.getElementById('app')!)
listenForKeys()
openOnViolations()
readOther()
searchOutside()
void begin()
