import { isVariableName, readVariable, type Variables } from './variable.ts'

/** A parsed text: its literal pieces and variables, in order. */
export interface Template {
  readonly parts: readonly TemplatePart[]
}

export type TemplatePart = string | { readonly variable: string; readonly fallback: string }

export type ParsedTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly at: number; readonly message: string }

/**
 * Parses `Hello {{contact.firstName|client}}`. A variable stands in double braces. The text after the first `|` is the default, for a
 * variable that is missing, null or empty. Blanks around the name are ignored; those of the default are kept.
 * `at` of a failure is the offset of the wrong braces. A closing `}}` without an opening one is text.
 */
export function parseTemplate(source: string): ParsedTemplate {
  const parts: TemplatePart[] = []
  let position = 0
  while (position < source.length) {
    const open = source.indexOf('{{', position)
    if (open === -1) break
    const close = source.indexOf('}}', open + 2)
    if (close === -1) return { ok: false, at: open, message: `'{{' at offset ${open} is never closed` }
    const inner = source.slice(open + 2, close)
    const bar = inner.indexOf('|')
    const variable = (bar === -1 ? inner : inner.slice(0, bar)).trim()
    if (!isVariableName(variable)) return { ok: false, at: open, message: `'{{${inner}}}' does not name a variable` }
    if (open > position) parts.push(source.slice(position, open))
    parts.push({ variable, fallback: bar === -1 ? '' : inner.slice(bar + 1) })
    position = close + 2
  }
  if (position < source.length) parts.push(source.slice(position))
  return { ok: true, template: { parts } }
}

/** About ten minutes of speech. */
const maxRenderedLength = 10_000

/**
 * The text with every variable put in, cut at `maxLength` characters. Numbers and booleans print as in JSON. A variable that is missing,
 * null or empty prints its default.
 */
export function renderTemplate(template: Template, variables: Variables, maxLength = maxRenderedLength): string {
  let text = ''
  for (const part of template.parts) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const value = readVariable(variables, part.variable)
    text += value === null || value === '' ? part.fallback : value
  }
  // Postgres refuses a text with half a surrogate pair.
  return text.length > maxLength ? text.slice(0, maxLength).toWellFormed() : text
}

/** `parseTemplate` for a text that passed validation. Throws for any other text. */
export function compileTemplate(source: string): Template {
  const parsed = parseTemplate(source)
  if (!parsed.ok) throw new SyntaxError(parsed.message)
  return parsed.template
}
