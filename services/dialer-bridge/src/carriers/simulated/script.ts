/** How the call of one number goes. */
export type Script =
  | { readonly type: 'answer'; readonly keys: readonly string[] | null; readonly hangsUp: boolean }
  | { readonly type: 'machine' }
  | { readonly type: 'no_answer' | 'busy' | 'rejected' }
  | { readonly type: 'failed'; readonly sipStatus: number | null }

/** The texts that {@link parseScript} reads. */
export const scriptPattern = '^(busy|no_answer|rejected|machine|failed(:[3-6]\\d\\d)?|answer(:[0-9*#A-D]*(,[0-9*#A-D]*)*)?(;hangup)?)$'

/**
 * `busy`, `no_answer`, `rejected`, `machine`, `failed`, `failed:404`, `answer`, `answer:1,3`, `answer:1;hangup`.
 * Each entry after `answer:` is pressed at one question for digits, and nothing after the last. Without a colon the profile's distribution
 * decides. `;hangup`: the callee hangs up halfway through the operation that follows the last entry. Throws for any other text.
 */
export function parseScript(text: string): Script {
  if (!new RegExp(scriptPattern).test(text)) throw new SyntaxError(`'${text}' is not a script of a call`)
  const [head = '', ending] = text.split(';')
  const [type = '', argument] = head.split(':')
  switch (type) {
    case 'machine':
      return { type }
    case 'busy':
    case 'no_answer':
    case 'rejected':
      return { type }
    case 'failed':
      return { type, sipStatus: argument === undefined ? null : Number(argument) }
    default:
      return { type: 'answer', keys: argument === undefined ? null : argument.split(','), hangsUp: ending === 'hangup' }
  }
}
