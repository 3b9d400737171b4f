import type { FlowNode } from './graph.ts'

/** What a hangup node records as its output path: it has no output to link. */
export const terminatedPath = 'terminated'

/** What a node records that the end of the call interrupted: no output was taken. */
export const interruptedPath = 'hangup'

export const unansweredOutputs = ['onNoAnswer', 'onBusy', 'onRejected', 'onFailed'] as const

/** The outputs of a node that an edge may start from. One without an edge ends the flow. */
export function outputsOf(node: FlowNode): readonly string[] {
  switch (node.type) {
    case 'dial':
      return ['onAnswer', 'onVoicemail', ...unansweredOutputs]
    case 'answer':
    case 'set_variable':
      return ['onComplete']
    case 'dtmf': {
      const branches = node.config.branches ?? []
      return [...(branches.length > 0 ? branches.map((branch) => branch.output) : ['onComplete']), 'onTimeout', 'onInvalid']
    }
    case 'condition':
      return [...node.config.branches.map((branch) => branch.output), 'onDefault']
    case 'play':
    case 'say':
    case 'record':
    case 'sms':
    case 'update_contact':
      return ['onComplete', 'onFailed']
    case 'collect_audio':
      return ['onComplete', 'onTimeout', 'onFailed']
    case 'transfer':
      return ['onComplete', 'onNoAnswer', 'onBusy', 'onFailed']
    case 'hangup':
      return []
  }
}
