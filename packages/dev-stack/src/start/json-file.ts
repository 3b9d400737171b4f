import { readInput } from './input-file.ts'
import { refusedFile } from './refusal.ts'

/** The value in a JSON file. A file that is not JSON is refused with the line and column of the error. */
export function readJsonFile(path: string): unknown {
  const text = readInput(path).replace(/^\uFEFF/, '')
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw refusedFile(path, `not valid JSON: ${describe(text, syntaxErrorAt(text))}`)
  }
}

function describe(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  const place = `at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
  const [found] = text.slice(offset)
  return found === undefined ? `it ends too early, ${place}` : `unexpected ${JSON.stringify(found)} ${place}`
}

const blank = /[ \t\r\n]*/y
const scalar =
  /"(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[\da-fA-F]{4}|[\u007f-\u009f])*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy

/** The offset of the first character that is not JSON (RFC 8259): `JSON.parse` names it only for some errors. */
export function syntaxErrorAt(text: string): number {
  const closers: string[] = []
  let at = 0
  let expected: 'value' | 'value or end' | 'key' | 'key or end' | 'separator' = 'value'
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  for (;;) {
    take(blank)
    const char = text[at]
    if (char === undefined) return at
    if (char === closers.at(-1) && expected !== 'value' && expected !== 'key') {
      closers.pop()
      at++
      expected = 'separator'
    } else if (expected === 'separator') {
      if (char !== ',' || closers.length === 0) return at
      at++
      expected = closers.at(-1) === '}' ? 'key' : 'value'
    } else if (expected === 'key' || expected === 'key or end') {
      if (char !== '"' || !take(scalar)) return at
      take(blank)
      if (text[at] !== ':') return at
      at++
      expected = 'value'
    } else if (char === '{' || char === '[') {
      closers.push(char === '{' ? '}' : ']')
      at++
      expected = char === '{' ? 'key or end' : 'value or end'
    } else if (take(scalar)) {
      expected = 'separator'
    } else {
      return at
    }
  }
}
