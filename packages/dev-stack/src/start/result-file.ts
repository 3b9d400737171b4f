import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import type { CallHistoryItem } from '@carillon/contracts/report'
import type { Reports } from './final-report.ts'
import { refusedFile } from './refusal.ts'

/** Refuses a path where no file could be written. */
export function checkOutput(path: string): void {
  const existing = statSync(path, { throwIfNoEntry: false })
  if (existing && !existing.isFile()) throw refusedFile(path, 'this is not a file, so no result can be written there')
  const { draft } = placesOf(path)
  try {
    closeSync(openSync(draft, 'w'))
    rmSync(draft)
  } catch (error) {
    throw refusedFile(path, `no result can be written there (${(error as NodeJS.ErrnoException).code})`)
  }
}

/**
 * Writes `{ import, report, breakdown, nodeStats, billing, calls }`: the API's own answers, indented. `calls` come one by one, since there may be more
 * than memory holds. The file appears when it is complete.
 */
export async function writeResult(path: string, reports: Reports, calls: AsyncIterable<CallHistoryItem>): Promise<void> {
  const { target, draft } = placesOf(path)
  try {
    await writeDraft(draft, reports, calls)
    renameSync(draft, target)
  } finally {
    rmSync(draft, { force: true })
  }
}

async function writeDraft(draft: string, reports: Reports, calls: AsyncIterable<CallHistoryItem>): Promise<void> {
  const { import: imported, report, breakdown, nodeStats, billing } = reports
  const head = JSON.stringify({ import: imported, report, breakdown, nodeStats, billing }, null, 2)
  const file = openSync(draft, 'w')
  try {
    writeSync(file, head.replace(/\n}$/, ',\n  "calls": ['))
    let separator = '\n'
    for await (const call of calls) {
      writeSync(file, separator + JSON.stringify(call, null, 2).replaceAll(/^/gm, '    '))
      separator = ',\n'
    }
    writeSync(file, separator === '\n' ? ']\n}\n' : '\n  ]\n}\n')
  } finally {
    closeSync(file)
  }
}

/** The draft is in the same folder, so that it can replace the file; a link stays a link. */
function placesOf(path: string): { target: string; draft: string } {
  const target = statSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path
  return { target, draft: `${target}.${process.pid}.part` }
}
