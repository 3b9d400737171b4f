/** Bodies of `POST /flows`: the shortest useful flow, and one with a menu. */
export const createFlowExamples = [
  {
    name: 'Payment reminder',
    graph: {
      nodes: [
        { id: 'dial', type: 'dial', config: { timeoutMs: 25_000 } },
        { id: 'message', type: 'say', config: { text: 'Hello {{contact.firstName|}}, your payment is due.', language: 'en-GB' } },
        { id: 'end', type: 'hangup', config: {} },
      ],
      edges: [
        { source: 'dial', output: 'onAnswer', target: 'message' },
        { source: 'message', output: 'onComplete', target: 'end' },
      ],
    },
  },
  {
    name: 'Payment reminder with a menu',
    graph: {
      nodes: [
        { id: 'dial', type: 'dial', label: 'Call', config: { timeoutMs: 25_000, amd: true } },
        {
          id: 'menu',
          type: 'dtmf',
          label: 'Menu',
          config: {
            prompt: { text: 'Press 1 if you will pay today, 2 to leave a message.', language: 'en-GB' },
            minDigits: 1,
            maxDigits: 1,
            timeoutMs: 5_000,
            interDigitTimeoutMs: 2_000,
            maxAttempts: 2,
            variable: 'choice',
            branches: [
              { output: 'branch_1', digits: ['1'] },
              { output: 'branch_2', digits: ['2'] },
            ],
          },
        },
        { id: 'thanks', type: 'say', config: { text: 'Thank you.', language: 'en-GB' } },
        { id: 'message', type: 'record', config: { maxDurationMs: 60_000, terminator: '#' } },
        { id: 'end', type: 'hangup', config: {} },
      ],
      edges: [
        { source: 'dial', output: 'onAnswer', target: 'menu' },
        { source: 'menu', output: 'branch_1', target: 'thanks' },
        { source: 'menu', output: 'branch_2', target: 'message' },
        { source: 'thanks', output: 'onComplete', target: 'end' },
        { source: 'message', output: 'onComplete', target: 'thanks' },
      ],
    },
  },
]
