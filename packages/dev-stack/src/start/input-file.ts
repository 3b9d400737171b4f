import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { refusedFile } from './refusal.ts'

/** Where a path that was typed leads: npm runs scripts in the repository's root and says where it was called. */
export function typedPath(path: string): string {
  const calledFrom = process.env.npm_lifecycle_event === undefined ? undefined : process.env.INIT_CWD
  return resolve(calledFrom ?? process.cwd(), path)
}

/** Refuses a path that leads to no file that can be read, and an empty file. */
export function checkInput(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) throw refusedFile(path, 'there is no such file')
  if (!stats.isFile()) throw refusedFile(path, 'this is not a file')
  try {
    accessSync(path, constants.R_OK)
  } catch {
    throw refusedFile(path, 'this file may not be read')
  }
  if (stats.size === 0) throw refusedFile(path, 'the file is empty')
}

/** The text of a file that `checkInput` accepts. */
export function readInput(path: string): string {
  checkInput(path)
  return readFileSync(path, 'utf8')
}
