import { writeFileSync } from 'node:fs'
import { watchCaller } from '../../bin/caller.mjs'

const [, , path] = process.argv
watchCaller(() => {
  writeFileSync(path, 'npm is gone')
  process.exit()
})
writeFileSync(path, 'watching')
setInterval(() => {}, 1_000)
