import { cut } from './expectation.ts'

const maxTokenLength = 100
const partNames: Readonly<Record<string, string>> = { query: 'query parameter', params: 'path parameter', headers: 'header' }

/** One step of an RFC 6901 JSON pointer. A key of a request may be very long: its end is left out. */
export function pointerStep(token: string | number): string {
  return `/${cut(String(token), maxTokenLength).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/**
 * The name of a field for people: `/retryStrategy/retryDates/0` is `retryStrategy.retryDates[0]`, and `/query/page` is `query parameter page`
 * (only `query`, `params` and `headers` with one step below them, as the contract names the parts of a request).
 */
export function fieldName(pointer: string): string {
  if (pointer === '') return 'the body'
  const steps = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const [first = '', second] = steps
  const part = partNames[first]
  if (part !== undefined && second !== undefined && steps.length === 2) return `${part} ${second}`
  return steps.reduce((name, step) => {
    if (/^\d+$/.test(step)) return `${name}[${step}]`
    if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step)) return `${name}[${JSON.stringify(step)}]`
    return name === '' ? step : `${name}.${step}`
  }, '')
}

const verb = /^(?:is|are|must|has|have|holds|would|cannot|repeats|was|does)\b/

/** What is wrong with a field as a sentence that can be read alone: `startAt is required`. A message that begins with a verb continues the field's name. */
export function fieldSentence(pointer: string, message: string): string {
  return verb.test(message) ? `${fieldName(pointer)} ${message}` : `${fieldName(pointer)}: ${message}`
}
