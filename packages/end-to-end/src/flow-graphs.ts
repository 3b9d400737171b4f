import type { Flow } from '@carillon/contracts/flow'

type Graph = Flow['graph']

/** Edges written `source output target`. */
function edges(...lines: string[]): Graph['edges'] {
  return lines.map((line) => {
    const [source = '', output = '', target = ''] = line.split(' ')
    return { source, output, target }
  })
}

/** A menu with branches, and loops back to it, through every type of node that a call can run. */
export const debtCollection: Graph = {
  nodes: [
    { id: 'dial-1', type: 'dial', label: 'Dial Contact', config: { timeoutMs: 20_000 } },
    { id: 'answer-1', type: 'answer', config: {} },
    { id: 'greeting', type: 'say', label: 'Greeting', config: { text: 'Bonjour {{contact.firstName|client}}', language: 'fr-FR' } },
    {
      id: 'menu',
      type: 'dtmf',
      label: 'Main Menu',
      config: {
        prompt: { media: 'menu' },
        minDigits: 1,
        maxDigits: 1,
        timeoutMs: 5_000,
        interDigitTimeoutMs: 2_000,
        maxAttempts: 2,
        variable: 'choice',
        branches: [
          { output: 'branch_1', digits: ['1'] },
          { output: 'branch_2', digits: ['2', '3'] },
          { output: 'branch_3', digits: ['9'] },
        ],
      },
    },
    {
      id: 'owes',
      type: 'condition',
      label: 'Owes?',
      config: {
        branches: [
          { output: 'branch_1', all: [{ variable: 'contact.customAttributes.credit', operator: 'gt', value: 1000 }] },
          { output: 'branch_2', all: [{ variable: 'contact.customAttributes.membre', operator: 'eq', value: true }] },
        ],
      },
    },
    { id: 'promise', type: 'record', label: 'Promise to pay', config: { maxDurationMs: 15_000, variable: 'promise' } },
    { id: 'remember', type: 'set_variable', label: 'Remember', config: { name: 'promisedBy', value: '{{contact.fullName}}' } },
    { id: 'information', type: 'play', label: 'Information', config: { media: 'information' } },
    { id: 'menu-again', type: 'say', config: { text: 'Ce choix n’existe pas' } },
    { id: 'reminder', type: 'play', label: 'Reminder', config: { media: 'reminder' } },
    { id: 'thanks', type: 'say', label: 'Thanks', config: { text: 'Merci' } },
    { id: 'message', type: 'say', label: 'Voicemail', config: { text: 'Rappelez-nous, {{contact.firstName}}' } },
    { id: 'bye', type: 'hangup', label: 'End Call', config: {} },
    { id: 'unreached', type: 'hangup', config: { reason: 'not reached' } },
  ],
  edges: edges(
    'dial-1 onAnswer answer-1',
    'dial-1 onVoicemail message',
    'dial-1 onBusy unreached',
    'dial-1 onRejected unreached',
    'answer-1 onComplete greeting',
    'greeting onComplete menu',
    'menu branch_1 owes',
    'menu branch_2 information',
    'menu branch_3 greeting',
    'menu onInvalid menu-again',
    'menu onTimeout reminder',
    'menu-again onComplete menu',
    'reminder onComplete bye',
    'information onComplete menu',
    'owes branch_1 promise',
    'owes branch_2 thanks',
    'owes onDefault bye',
    'promise onComplete remember',
    'remember onComplete thanks',
    'thanks onComplete bye',
    'message onComplete bye',
  ),
}

/** Every answered call gives ten events: started, dialed, ringing, answered, five nodes, ended. */
export const tenEvents: Graph = {
  nodes: [
    { id: 'dial-1', type: 'dial', label: 'Dial', config: {} },
    { id: 'welcome', type: 'play', label: 'Welcome', config: { media: 'welcome' } },
    { id: 'menu', type: 'dtmf', label: 'Menu', config: { minDigits: 1, maxDigits: 1, timeoutMs: 5_000, interDigitTimeoutMs: 2_000 } },
    { id: 'thanks', type: 'say', label: 'Thanks', config: { text: 'Thank you, {{contact.firstName}}' } },
    { id: 'bye', type: 'hangup', label: 'Bye', config: {} },
  ],
  edges: edges(
    'dial-1 onAnswer welcome',
    'welcome onComplete menu',
    'menu onComplete thanks',
    'menu onTimeout thanks',
    'thanks onComplete bye',
  ),
}
