import { render } from 'preact'
import { installPalette } from '../paint/colours.ts'
import { listenForKeys } from './commands.ts'
import { Frame } from './frame.tsx'
import './theme.css'
import './frame.css'
import './panes.css'
import { begin } from './state.ts'

installPalette()
render(<Frame />, document.getElementById('app')!)
listenForKeys()
void begin()
