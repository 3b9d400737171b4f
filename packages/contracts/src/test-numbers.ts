/**
 * Numbers whose calls on the simulated carrier always go the same way. The carrier and the tests read this table. The guide
 * services/gateway/guides/7-test-mode.md repeats it.
 *
 * Nobody has these numbers, and nobody ever will: Ofcom keeps +44 7700 900000 to 900999 for drama. They belong to no country's plan of assigned
 * numbers, so calling hours of a program are in its own time zone for them.
 */
export interface TestNumber {
  number: string
  /** One script for each attempt, as in a profile of the simulated carrier. The last one repeats. */
  attempts: readonly [string, ...string[]]
  /** The outcome of each attempt. A contact that answered is not called again. */
  outcomes: readonly ('completed' | 'voicemail' | 'no_answer' | 'busy' | 'rejected' | 'failed')[]
  /** For people. */
  meaning: string
}

const reserved = /^\+447700900\d{3}$/

/** Whether a number lies in the range that is kept for tests. It need not be in the table. */
export function isTestNumber(number: string): boolean {
  return reserved.test(number)
}

export const testNumbers: readonly TestNumber[] = [
  answers('000', 'answer:', 'answers and presses nothing'),
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((key) => answers(`00${key}`, `answer:${key}`, `answers and presses ${key}`)),
  answers('010', 'answer:0', 'answers and presses 0'),
  answers('011', 'answer:*', 'answers and presses \\*'),
  answers('012', 'answer:#', 'answers and presses #'),
  answers('013', 'answer:1,1', 'answers, presses 1, and 1 again at the next question'),
  answers('014', 'answer:1,2', 'answers, presses 1, and 2 at the next question'),
  answers('015', 'answer:2,1', 'answers, presses 2, and 1 at the next question'),
  answers('016', 'answer:1234#', 'answers and enters 1234#'),
  answers('020', 'answer;hangup', 'answers and hangs up in the middle of what is played first'),
  answers('021', 'answer:1;hangup', 'answers, presses 1, and hangs up in the middle of what follows'),
  number('030', ['machine'], ['voicemail'], 'an answering machine answers. Without its detection (`amd`) the outcome is `completed`'),
  number('040', ['busy'], ['busy'], 'is busy'),
  number('041', ['no_answer'], ['no_answer'], 'rings for three seconds, and nobody answers'),
  number('042', ['rejected'], ['rejected'], 'rejects the call'),
  number('043', ['failed:503'], ['failed'], 'the call fails in the network (SIP 503); a retry is worth while'),
  number('044', ['failed:404'], ['failed'], 'the number is not assigned (SIP 404); there is no retry'),
  number('050', ['busy', 'answer:1'], ['busy', 'completed'], 'is busy, and at the second attempt answers and presses 1'),
  number('051', ['no_answer', 'answer:1'], ['no_answer', 'completed'], 'does not answer, and at the second attempt answers and presses 1'),
  number('052', ['rejected', 'answer:1'], ['rejected', 'completed'], 'rejects the call, and at the second attempt answers and presses 1'),
  number('053', ['failed:503', 'answer:1'], ['failed', 'completed'], 'the call fails, and the second attempt is answered; presses 1'),
  number('054', ['machine', 'answer:1'], ['voicemail', 'completed'], 'a machine answers, and at the second attempt a person who presses 1'),
  number(
    '055',
    ['no_answer', 'busy', 'answer:1'],
    ['no_answer', 'busy', 'completed'],
    'does not answer, then is busy, and at the third attempt answers and presses 1',
  ),
]

function answers(digits: string, script: string, meaning: string): TestNumber {
  return number(digits, [script], ['completed'], meaning)
}

function number(digits: string, attempts: TestNumber['attempts'], outcomes: TestNumber['outcomes'], meaning: string): TestNumber {
  return { number: `+447700900${digits}`, attempts, outcomes, meaning }
}
