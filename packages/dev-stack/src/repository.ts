import { join, resolve } from 'node:path'

/** The checkout's root folder. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..')

/** Where this installation keeps what it makes: secrets, the clock, the servers' data, logs. Ignored by git. */
export const installationDir = join(repositoryRoot, '.carillon')
