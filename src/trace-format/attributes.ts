/**
 * Every attribute of spans and resources, by name. A program in any language
 * that sets them can be viewed. Names are those of the OpenTelemetry semantic
 * conventions 1.45 where these have a word, else in our own namespace; a name
 * never changes its meaning within a FORMAT_VERSION.
 */
export const ATTRIBUTE = {
  // Of a resource: the process a span is of.
  serviceName: 'service.name', // the process's id: p00 …
  serviceNamespace: 'service.namespace', // always SERVICE_NAMESPACE
  serviceInstanceId: 'service.instance.id', // the libp2p PeerId; in the simulator the process's id
  runId: 'testbed.run.id', // folder of the run
  algorithm: 'testbed.algorithm', // catalogue name
  runtime: 'testbed.runtime', // libp2p | simulator
  seed: 'testbed.seed', // of the run

  // Of every span of a history.
  process: 'testbed.process', // id of the process at which it happened
  seq: 'testbed.seq', // number of the event among those of its process, from 1
  lamport: 'testbed.lamport', // Lamport time of the event
  localNs: 'testbed.local_ns', // time by the process's own clock since the run began; only where it differs
  payload: 'testbed.payload', // JSON text: what was asked, sent, set, indicated or stored
  cause: 'testbed.cause', // why it was lost, refused or thrown
  verdict: 'testbed.verdict', // of the run or of a promise: valid | violated | unknown

  // Of a step.
  state: 'testbed.state', // JSON text: the state of the process after the step
  stateChanged: 'testbed.state.changed', // JSON text: those fields of the state that the step changed

  // Of a message.
  messageId: 'testbed.message.id', // sender#number
  messageType: 'testbed.message.type', // of the message, or of the basic message it carries
  messageFate: 'testbed.message.fate', // lost | duplicated, when known as it was sent
  messagingSystem: 'messaging.system', // the runtime that carried it: libp2p | simulator
  messagingOperationName: 'messaging.operation.name', // send | process
  messagingOperationType: 'messaging.operation.type', // send | process
  messagingDestinationName: 'messaging.destination.name', // the receiver's id
  messagingMessageId: 'messaging.message.id', // as testbed.message.id
  messagingBodySize: 'messaging.message.body.size', // bytes of the message as JSON
  servicePeerName: 'service.peer.name', // the process at the other end

  // Of an exception that a handler threw.
  exceptionStacktrace: 'exception.stacktrace',
} as const

export const SERVICE_NAMESPACE = 'p2p-testbed'

/** The service of what the testbed itself did. */
export const TESTBED_SERVICE = 'testbed'

export type AttributeValue = string | number | boolean
export type Attributes = Readonly<Record<string, AttributeValue>>

/** JSON text longer than this is cut: an attribute is read by eye, the whole is in the history. */
export const TEXT_MAX = 4096

/** A text, cut to TEXT_MAX with a mark that says so; never through the middle of a character. */
export function cutText(text: string): string {
  if (text.length <= TEXT_MAX) return text
  const last = text.charCodeAt(TEXT_MAX - 1)
  const end = last >= 0xd800 && last <= 0xdbff ? TEXT_MAX - 1 : TEXT_MAX
  return `${text.slice(0, end)}… (cut, ${text.length} characters)`
}
