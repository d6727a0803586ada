/**
 * The text filter: which events it finds, for the list and the drawing alike.
 * An event is found by its process, by what it does and by what it carries. Of a
 * run that is not wholly here the server looks through what is carried.
 */
import { computed, effect, signal } from '@preact/signals'
import { sayable } from '../../src/trace-format/said.ts'
import type { RunData } from '../model/run-data.ts'
import { note } from './arrivals.ts'
import { searchRun } from './load.ts'
import { data, loaded, seen } from './state.ts'
import { carriedText, deed } from './words.ts'

interface Answer {
  readonly of: RunData
  readonly text: string
  readonly positions: Uint32Array // whose own payload says it
}

const answer = signal<Answer | null>(null)

export const wanted = computed(() => sayable(seen.text.value.trim()))

/** 1 for each event that the text finds; null where there is none to look for. */
export const matches = computed((): Uint8Array | null => {
  const run = loaded.value
  if (run === null || wanted.value === '') return null
  const said = run.isWhole ? null : saidBy(run, wanted.value)
  const found = new Uint8Array(run.length)
  const names = run.processes.map((name) => sayable(name).includes(wanted.value))
  const deeds = new Map<string, boolean>() // a run has few of them, and a million events
  for (let i = 0; i < run.length; i++) {
    if (names[run.process(i)]) found[i] = 1
    else if (said !== null && said[sayingOf(run, i)] === 1) found[i] = 1
    else if (said === null && sayable(carriedText(run, i)).includes(wanted.value)) found[i] = 1
    else if (deedSays(run, i, deeds)) found[i] = 1
  }
  return found
})

/** Whether the server is still looking. */
export const isSearching = computed(
  () => loaded.value?.isWhole === false && wanted.value !== '' && answer.value?.text !== wanted.value,
)

function deedSays(run: RunData, i: number, known: Map<string, boolean>): boolean {
  const process = run.processes[run.process(i)]!
  const words = sayable(`${process} ${deed(run, i)}`)
  const before = known.get(words)
  if (before !== undefined) return before
  const says = words.includes(wanted.value)
  known.set(words, says)
  return says
}

/** Where the payload stands that an event is about. */
function sayingOf(run: RunData, i: number): number {
  const message = run.messageOf(i)
  return message === -1 ? i : run.messages.sendAt[message]!
}

function saidBy(run: RunData, text: string): Uint8Array {
  const said = new Uint8Array(run.length)
  const known = answer.value
  if (known?.of === run && known.text === text) for (const position of known.positions) said[position] = 1
  return said
}

const PATIENCE_MS = 250 // while somebody types

/** Asks the server whenever the text of a run that is not wholly here changes. */
export const searchOutside = (): (() => void) =>
  effect(() => {
    const run = data.value
    const text = wanted.value
    if (run === null || run.isWhole || text === '') return
    const timer = setTimeout(() => {
      searchRun(run.run.id, text).then((positions) => {
        answer.value = { of: run, text, positions }
      }, note)
    }, PATIENCE_MS)
    return () => clearTimeout(timer)
  })
