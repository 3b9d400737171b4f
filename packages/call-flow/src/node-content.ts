import type { FlowNode } from './graph.ts'
import type { VariableValue } from './variable.ts'

/** A text inside a node, with its JSON pointer relative to the node. */
export interface NodeText {
  readonly pointer: string
  readonly text: string
}

/** The texts of a node that are templates. */
export function templatesOf(node: FlowNode): NodeText[] {
  switch (node.type) {
    case 'play':
      return [{ pointer: '/config/media', text: node.config.media }]
    case 'say':
      return [{ pointer: '/config/text', text: node.config.text }]
    case 'dtmf':
    case 'collect_audio':
      return promptTemplate(node.config.prompt)
    case 'condition':
      return comparisonsOf(node).flatMap(({ pointer, comparison }) => {
        const value = 'value' in comparison ? comparison.value : null
        return Array.isArray(value)
          ? value.flatMap((item, index) => textAt(`${pointer}/value/${index}`, item))
          : textAt(`${pointer}/value`, value)
      })
    case 'set_variable':
    case 'update_contact':
      return textAt('/config/value', node.config.value)
    case 'sms':
      return [{ pointer: '/config/message', text: node.config.message }, ...textAt('/config/to', node.config.to ?? null)]
    case 'transfer':
      return [{ pointer: '/config/to', text: node.config.to }]
    case 'dial':
    case 'answer':
    case 'record':
    case 'hangup':
      return []
  }
}

/** The names of variables that a node reads, other than in templates. */
export function variablesRead(node: FlowNode): NodeText[] {
  if (node.type !== 'condition') return []
  return comparisonsOf(node).map(({ pointer, comparison }) => ({ pointer: `${pointer}/variable`, text: comparison.variable }))
}

/** The names of variables that a node writes. */
export function variablesWritten(node: FlowNode): NodeText[] {
  switch (node.type) {
    case 'set_variable':
      return [{ pointer: '/config/name', text: node.config.name }]
    case 'dtmf':
    case 'record':
    case 'collect_audio':
      return textAt('/config/variable', node.config.variable ?? null)
    default:
      return []
  }
}

function comparisonsOf(node: Extract<FlowNode, { type: 'condition' }>) {
  return node.config.branches.flatMap((branch, index) => {
    const [key, comparisons] = 'all' in branch ? (['all', branch.all] as const) : (['any', branch.any] as const)
    return comparisons.map((comparison, at) => ({ pointer: `/config/branches/${index}/${key}/${at}`, comparison }))
  })
}

function promptTemplate(prompt: Extract<FlowNode, { type: 'dtmf' }>['config']['prompt']): NodeText[] {
  if (!prompt) return []
  return 'media' in prompt
    ? [{ pointer: '/config/prompt/media', text: prompt.media }]
    : [{ pointer: '/config/prompt/text', text: prompt.text }]
}

function textAt(pointer: string, value: VariableValue): NodeText[] {
  return typeof value === 'string' ? [{ pointer, text: value }] : []
}

/** Every text in a node that the database cannot store as JSON: with a NUL, or with half a surrogate pair. */
export function unstorableTexts(value: unknown, pointer = ''): NodeText[] {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? [{ pointer, text: value }] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => unstorableTexts(item, `${pointer}/${key}`))
}
