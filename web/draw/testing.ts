/** What the tests of the drawing share: a view of a run, and what of a list has a role. */
import { STEP_NS } from '../../src/trace-format/testing.ts'
import type { Axis, RunData } from '../model/run-data.ts'
import type { DrawList, Role, Shape, TextShape } from './shapes.ts'
import { fit, NO_FILTER, type SpaceTimeView } from './space-time.ts'

export const PING = { type: 'ping' }

export function viewOf(data: RunData, changes: Partial<SpaceTimeView> = {}): SpaceTimeView {
  const axis: Axis = changes.axis ?? 'real'
  return {
    width: 1280,
    height: 600,
    axis,
    ...fit(data, axis),
    order: data.processes.map((_, i) => i),
    scrollTop: 0,
    selected: null,
    filter: NO_FILTER,
    cut: null,
    showTimers: false,
    showRecordedCuts: true,
    ...changes,
  }
}

export const withRole = <S extends Shape = Shape>(list: DrawList, role: Role, shape?: S['shape']) =>
  list.filter((own): own is S => own.role === role && (shape === undefined || own.shape === shape))

export const words = (list: DrawList, role: Role) =>
  withRole<TextShape>(list, role, 'text').map(({ text }) => text)

/** One window from 0 to 100 µs over 1000 px or so; every event 10 µs after the one before. */
export const WINDOW = { from: 0, to: 10 * STEP_NS }
