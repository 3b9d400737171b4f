import type { FlowGraph, FlowNode } from '@carillon/call-flow/graph'

type Edge = FlowGraph['edges'][number]

const edge = (source: string, output: string, target: string): Edge => ({ source, output, target })
const hangup: FlowNode = { id: 'bye', type: 'hangup', label: 'End Call', config: {} }

/** Greets, asks for a digit, and thanks those who press 1: a complete call has ten events. */
export const menuFlow: FlowGraph = {
  nodes: [
    { id: 'dial', type: 'dial', label: 'Dial Contact', config: { timeoutMs: 30_000 } },
    { id: 'greet', type: 'say', label: 'Greeting', config: { text: 'Hello {{contact.fullName|client}}' } },
    {
      id: 'menu',
      type: 'dtmf',
      label: 'Menu',
      config: {
        prompt: { media: 'menu' },
        minDigits: 1,
        maxDigits: 1,
        timeoutMs: 5_000,
        interDigitTimeoutMs: 2_000,
        variable: 'choice',
        branches: [{ output: 'branch_1', digits: ['1'] }],
      },
    },
    { id: 'thanks', type: 'play', label: 'Thanks', config: { media: 'thanks' } },
    hangup,
  ],
  edges: [
    edge('dial', 'onAnswer', 'greet'),
    edge('dial', 'onBusy', 'bye'),
    edge('greet', 'onComplete', 'menu'),
    edge('menu', 'branch_1', 'thanks'),
    edge('menu', 'onTimeout', 'bye'),
    edge('thanks', 'onComplete', 'bye'),
  ],
}

/** Every type of node. Those who owe more than 1 000 are asked to leave a message. */
export const surveyFlow: FlowGraph = {
  nodes: [
    { id: 'dial', type: 'dial', config: { timeoutMs: 20_000, amd: true } },
    { id: 'up', type: 'answer', config: {} },
    {
      id: 'owes',
      type: 'condition',
      config: { branches: [{ output: 'branch_1', all: [{ variable: 'contact.credit', operator: 'gt', value: 1000 }] }] },
    },
    { id: 'mark', type: 'set_variable', config: { name: 'asked', value: 'credit {{contact.credit}}' } },
    { id: 'ask', type: 'say', config: { text: 'Please leave a message' } },
    { id: 'message', type: 'record', config: { maxDurationMs: 8_000, variable: 'message' } },
    { id: 'sorry', type: 'play', config: { media: 'beep' } },
    hangup,
  ],
  edges: [
    edge('dial', 'onAnswer', 'up'),
    edge('dial', 'onVoicemail', 'sorry'),
    edge('up', 'onComplete', 'owes'),
    edge('owes', 'branch_1', 'mark'),
    edge('owes', 'onDefault', 'bye'),
    edge('mark', 'onComplete', 'ask'),
    edge('ask', 'onComplete', 'message'),
    edge('message', 'onComplete', 'bye'),
    edge('sorry', 'onComplete', 'bye'),
  ],
}
