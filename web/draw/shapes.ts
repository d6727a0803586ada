/**
 * What a pane shows, as data: shapes in CSS pixels, in the order in which they
 * are painted. A painter knows how to paint a shape and nothing of runs; a test
 * reads a list as it would read the picture.
 */

/** What a shape stands for. */
export type Role =
  | 'axis' // line and numbers of the time axis
  | 'grid' // faint lines at its ticks
  | 'start' // where set-up ends
  | 'process-line'
  | 'label' // name of a process
  | 'crash' // shade: the process is down
  | 'event'
  | 'message'
  | 'duplicate' // the arrow of a further copy
  | 'lost' // stub and cross
  | 'in-transit' // sent, and neither arrived nor lost when the run ended
  | 'density' // shade that stands for many arrows
  | 'recorded-cut' // drawn by the algorithm
  | 'cut' // of the reader
  | 'cut-handle' // where the reader's cut crosses a process's line
  | 'handler' // how long a handler ran
  | 'timer' // from its setting to its going off
  | 'parting' // from the run beside it
  | 'note' // a sentence about the drawing itself
  | 'link' // network: channel between two processes
  | 'process' // network: circle
  | 'value' // network: its colour by a field
  | 'travelling' // network: message on its way

/** A colour by its meaning; the numbers are message types, in order of first appearance. */
export type NamedTone =
  | 'ink'
  | 'muted'
  | 'faint'
  | 'dim' // concurrent with what is selected
  | 'past'
  | 'future'
  | 'selected'
  | 'offending'
  | 'cut'
  | 'recorded'
  | 'down'
/** A step of the ramp of numbers, from low to high. */
export type RampTone = `ramp-${0 | 1 | 2 | 3 | 4 | 5 | 6}`
export type Tone = NamedTone | RampTone | number

/** What is meant when somebody points at a shape. */
export interface Ref {
  readonly event?: number // position
  readonly message?: number // index in `messages`
  readonly process?: number
  readonly link?: readonly [number, number] // of the two processes, the lesser first
}

interface Common {
  readonly role: Role
  readonly tone: Tone
  readonly alpha?: number // 1 unless said
  readonly ref?: Ref
}

interface Segment extends Common {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  readonly width?: number // 1 unless said
  readonly dash?: readonly number[]
}

export interface LineShape extends Segment {
  readonly shape: 'line'
}

/** A line with a head at its second end. */
export interface ArrowShape extends Segment {
  readonly shape: 'arrow'
  readonly head: number // length of the head
}

export interface DotShape extends Common {
  readonly shape: 'dot'
  readonly x: number
  readonly y: number
  readonly r: number
  readonly form: 'disc' | 'ring' | 'square' | 'diamond'
}

export interface CrossShape extends Common {
  readonly shape: 'cross'
  readonly x: number
  readonly y: number
  readonly r: number // half of its width
  readonly width?: number
}

export interface TextShape extends Common {
  readonly shape: 'text'
  readonly x: number
  readonly y: number // of the middle of the line
  readonly text: string
  readonly align: 'left' | 'center' | 'right'
  readonly size: number
  readonly bold?: boolean
  readonly boxed?: boolean // on a patch of background, so that lines beneath do not cross it
}

export interface PolylineShape extends Common {
  readonly shape: 'polyline'
  readonly points: readonly number[] // x, y, x, y …
  readonly width?: number
  readonly dash?: readonly number[]
}

export interface RectShape extends Common {
  readonly shape: 'rect'
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  readonly hatched?: boolean
}

/**
 * Shaded cells side by side: what would be some ten thousand rectangles, of which a painter makes one
 * picture. Those at the edges may reach beyond the box, and are cut off there.
 */
export interface LatticeShape extends Common {
  readonly shape: 'lattice'
  readonly x: number // of the first cell
  readonly y: number
  readonly cellWidth: number
  readonly cellHeight: number
  readonly columns: number
  readonly tones: Uint16Array // of each cell, row by row: a message type …
  readonly alphas: Float32Array // … and how dark; 0: nothing
  readonly box: {
    readonly left: number
    readonly right: number
    readonly top: number
    readonly bottom: number
  }
}

export type Shape =
  | LineShape
  | ArrowShape
  | DotShape
  | CrossShape
  | TextShape
  | PolylineShape
  | RectShape
  | LatticeShape
export type DrawList = readonly Shape[]
