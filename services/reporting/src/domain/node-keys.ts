import type { CallEvent } from '@carillon/contracts/call-events'

/*
 * By which nodes and digits a call can be found: short texts that stand beside its events, so that nobody has to read the events of a million calls.
 */

/** The call has run this node. */
export const ranKey = (nodeId: string) => plain(`n${nodeId}`)
/** Exactly these keys were pressed at this node. */
export const pressedAtKey = (nodeId: string, digits: string) => plain(`d${digits}@${nodeId}`)
/** Exactly these keys were pressed at some node. */
export const pressedKey = (digits: string) => plain(`p${digits}`)

/** Those of the events of a call, each once. */
export function nodeKeysOf(events: readonly CallEvent[]): string[] {
  const keys = new Set<string>()
  for (const event of events) {
    if (event.type !== 'node.executed') continue
    const { nodeId, data } = event.data
    keys.add(ranKey(nodeId))
    if (typeof data.digits !== 'string' || data.digits === '') continue
    keys.add(pressedAtKey(nodeId, data.digits))
    keys.add(pressedKey(data.digits))
  }
  return [...keys]
}

/** Control characters separate the keys of a batch. */
const plain = (key: string) => key.replace(/\p{Cc}/gu, '?')
