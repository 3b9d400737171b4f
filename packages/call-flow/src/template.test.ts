import { describe, expect, test } from 'vitest'
import { compileTemplate, parseTemplate, renderTemplate } from './template.ts'
import type { Variables } from './variable.ts'

const variables: Variables = {
  'contact.fullName': 'Amina Idrissi',
  'contact.firstName': '',
  'contact.customAttributes.credit': 90856,
  'contact.customAttributes.échéance': '2026-01-15',
  'sys.attempt': 2,
  vip: false,
  nothing: null,
}

describe('a template', () => {
  test.each([
    ['no variable', 'Hello', 'Hello'],
    ['an empty text', '', ''],
    ['a text variable', 'Hello {{contact.fullName}}!', 'Hello Amina Idrissi!'],
    ['a number', '{{contact.customAttributes.credit}} MAD', '90856 MAD'],
    ['a boolean', '{{vip}}', 'false'],
    ['a slug with letters of any script', '{{contact.customAttributes.échéance}}', '2026-01-15'],
    ['blanks around the name', '{{ contact.fullName }}', 'Amina Idrissi'],
    ['a missing variable', '[{{contact.lastName}}]', '[]'],
    ['a null', '[{{nothing}}]', '[]'],
    ['the default of a missing variable', 'Dear {{contact.lastName|client}}', 'Dear client'],
    ['the default of an empty one', 'Dear {{contact.firstName|client}}', 'Dear client'],
    ['the default of one that is set', '{{contact.fullName|client}}', 'Amina Idrissi'],
    ['a default with bars and blanks', '{{x| a|b }}', ' a|b '],
    ['two variables side by side', '{{sys.attempt}}{{vip}}', '2false'],
    ['a closing brace alone', 'a }} b', 'a }} b'],
    ['the name of an inherited property', '[{{constructor}}{{toString}}{{__proto__}}]', '[]'],
  ])('renders %s', (_case, source, expected) => {
    expect(renderTemplate(compileTemplate(source), variables)).toBe(expected)
  })

  test.each([
    ['Hello {{contact.fullName', 6],
    ['{{}}', 0],
    ['{{ |x}}', 0],
    ['ab {{contact full}}', 3],
    ['{{1st}}', 0],
    ['{{a..b}}', 0],
    ['{{{a}}}', 0],
  ])('is refused, with the offset of its braces: %s', (source, at) => {
    expect(parseTemplate(source)).toMatchObject({ ok: false, at })
    expect(() => compileTemplate(source)).toThrow(SyntaxError)
  })

  test('is cut at the given length, and never in the middle of a character', () => {
    expect(renderTemplate(compileTemplate('{{a}}'), { a: 'ab😀' }, 3)).toBe('ab\uFFFD')
    expect(renderTemplate(compileTemplate('{{a}}{{a}}'), { a: 'x'.repeat(9000) })).toHaveLength(10_000)
  })
})
