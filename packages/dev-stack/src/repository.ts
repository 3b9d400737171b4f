import { join, resolve } from 'node:path'

/** The checkout's root folder. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..')

/** Holds what this installation creates: secrets, the clock, the servers' data, logs. Ignored by git. */
export const installationDir = join(repositoryRoot, '.carillon')
