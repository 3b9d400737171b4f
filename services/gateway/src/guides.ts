import { readdirSync, readFileSync } from 'node:fs'

/** One guide. `name` is its heading, `description` its text in Markdown. */
export interface Guide {
  name: string
  description: string
}

const folder = new URL('../guides/', import.meta.url)

/** The guides in reading order, which is that of their file names. Each file begins with a heading of level 1. */
export function readGuides(): Guide[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'))
  return names.sort().map((name) => {
    const [heading = '', ...lines] = readFileSync(new URL(name, folder), 'utf8').split('\n')
    if (!heading.startsWith('# ')) throw new Error(`The guide ${name} does not begin with a heading`)
    return { name: heading.slice(2), description: lines.join('\n').trim() }
  })
}
