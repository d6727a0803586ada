/** The canonical text of a fault: one for each meaning. */
import type { Delay, Division, Fault, Scope, Window } from './fault.ts'
import { driftText, nthText, rangeText, shareText, stepText, timeText } from './quantity.ts'

export function faultText(fault: Fault): string {
  switch (fault.kind) {
    case 'latency':
    case 'jitter':
      return `${fault.kind} ${delayText(fault.delay)}${scopeText(fault.scope)}${windowText(fault, 0)}`
    case 'loss':
    case 'duplicate':
      return `${fault.kind} ${shareText(fault.millionths)}${scopeText(fault.scope)}${windowText(fault, 0)}`
    case 'nth loss':
      return `loss ${nthText(fault.nth)}${scopeText(fault.scope)}`
    case 'reorder': {
      const by = `${shareText(fault.millionths)} by ${delayText(fault.delay)}`
      return `reorder ${by}${scopeText(fault.scope)}${windowText(fault, 0)}`
    }
    case 'cut': {
      const link = fault.link.join(fault.oneWay ? '->' : '-')
      return `cut ${link}${fault.held ? ' held' : ''}${windowText(fault, 0)}`
    }
    case 'partition': {
      const how = `${fault.oneWay ? ' one-way' : ''}${fault.held ? ' held' : ''}`
      return `partition ${divisionText(fault.division)}${how}${windowText(fault, 0)}`
    }
    case 'crash':
    case 'pause':
      return `${fault.kind} ${fault.process}${windowText(fault, null)}`
    case 'slow':
      return `slow ${fault.process} ${timeText(fault.costUs)}${windowText(fault, 0)}`
    case 'clock': {
      const change = fault.ppm === 0 ? stepText(fault.byUs) : `drift ${driftText(fault.ppm)}`
      return `clock ${fault.process} ${change}${windowText(fault, 0)}`
    }
    case 'byzantine': {
      const { process, does, type, field } = fault
      const about = field !== null ? ` ${type}.${field}` : type !== null ? ` of ${type}` : ''
      return `byzantine ${process} ${does}${about}${windowText(fault, 0)}`
    }
  }
}

function delayText(delay: Delay): string {
  switch (delay.law) {
    case 'constant':
      return timeText(delay.us)
    case 'uniform':
      return rangeText(delay.minUs, delay.maxUs)
    case 'exponential':
      return `exponential ${timeText(delay.meanUs)}`
    case 'regions':
      return 'regions'
  }
}

function divisionText(division: Division): string {
  if (division.shape === 'sides') return division.sides.map((side) => side.join(' ')).join(' / ')
  return 'process' in division ? `${division.shape} ${division.process}` : division.shape
}

function scopeText({ type, between, oneWay }: Scope): string {
  const on = between === null ? '' : ` on ${between.join(oneWay ? '->' : '-')}`
  return `${type === null ? '' : ` of ${type}`}${on}`
}

function windowText({ atUs, forUs }: Window, atByDefault: number | null): string {
  const at = atUs === atByDefault ? '' : ` at ${timeText(atUs)}`
  return `${at}${forUs === null ? '' : ` for ${timeText(forUs)}`}`
}
