import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { expect, test } from 'vitest'
import { reports } from '../../test/support/reports.ts'
import { type DisplayContext, liveDisplay } from './live-display.ts'
import { followed, type Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

const context: DisplayContext = { title: 'Reminders', speed: 1, timezone: 'UTC', windows: compilePauseWindows(null, 'UTC') }
const key = `KEY=${'k'.repeat(40)}`
const esc = String.fromCharCode(27)

test('a window that gets another size is drawn again at once, from its top', () => {
  const terminal = fakeTerminal(80, 24)
  const display = liveDisplay(terminal, context, [key])
  display.show(progress())
  terminal.resize(30, 24)
  const last = terminal.written.at(-1) ?? ''
  expect(last.startsWith(`${esc}[H`)).toBe(true)
  for (const line of last.split('\n').filter((shown) => !shown.startsWith('KEY'))) expect(visible(line).length).toBeLessThan(30)
  expect(last).toContain(key)
})

test('a low window shows no more lines than it has', () => {
  const terminal = fakeTerminal(30, 6)
  liveDisplay(terminal, context, [key]).show(progress())
  expect(terminal.written.at(-1)?.split('\n')).toHaveLength(6)
})

test('at its end the terminal has its first screen and its cursor again, and the last picture', () => {
  const terminal = fakeTerminal(80, 24)
  const display = liveDisplay(terminal, context, [key])
  display.show(progress())
  display.end(true)
  const ending = terminal.written.at(-1) ?? ''
  expect(ending).toContain(`${esc}[?1049l${esc}[?25h`)
  expect(visible(ending)).toContain('Reminders   interrupted\n')
  const count = terminal.written.length
  display.end(true)
  display.show(progress())
  terminal.resize(40, 24)
  expect(terminal.written).toHaveLength(count)
})

function progress(): Progress {
  return followed(null, { realMs: 0, nowMs: 0, report: reports.report, perAttempt: reports.breakdown.perAttempt, balance: 10 })
}

function visible(text: string): string {
  return text.replaceAll(new RegExp(`${esc}\\[[?\\d]*[A-Za-z]`, 'g'), '')
}

function fakeTerminal(columns: number, rows: number): Terminal & { written: string[]; resize(columns: number, rows: number): void } {
  const size = { columns, rows }
  const listeners = new Set<() => void>()
  const written: string[] = []
  return {
    written,
    write: (text) => written.push(text),
    isTTY: true,
    get columns() {
      return size.columns
    },
    get rows() {
      return size.rows
    },
    on: (_event, listener) => listeners.add(listener),
    off: (_event, listener) => listeners.delete(listener),
    resize(newColumns, newRows) {
      size.columns = newColumns
      size.rows = newRows
      for (const listener of listeners) listener()
    },
  }
}
