#!/usr/bin/env node
/**
 * Runs `src/cli.ts` on any machine that has Node 18 and npm: installs the pinned packages (the Node that the project runs on is one of
 * them) when they are missing or older than the manifests, then hands over. Plain JavaScript, nothing but built-ins: it runs before
 * anything is installed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { watchCaller } from './caller.mjs'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const runtime = join(root, 'node_modules/node/bin/node')
const stamp = join(root, 'node_modules/.carillon-installed')

async function main() {
  if (Number.parseInt(process.versions.node, 10) < 18)
    fail(`Carillon needs Node 18 or later to set itself up; this is ${process.versions.node}`)
  const wanted = manifestsHash()
  if (!existsSync(runtime) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    await install()
    writeFileSync(stamp, wanted)
  }
  const cli = join(root, 'packages/dev-stack/src/cli.ts')
  // The channel tells the child when this process has ended, for whatever reason.
  const child = spawn(runtime, [cli, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  watchCaller(() => child.kill('SIGTERM'))
  child.on('error', (error) => fail(`${runtime} does not run: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}

/** Everything that decides what is installed; another platform's packages do not run here either. */
function manifestsHash() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  const folders = ['packages', 'services'].flatMap((parent) =>
    readdirSync(join(root, parent))
      .sort()
      .map((name) => join(parent, name)),
  )
  const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...folders.map((folder) => join(folder, 'package.json'))]
  for (const manifest of manifests) {
    const path = join(root, manifest)
    if (existsSync(path)) hash.update(`${manifest}\n`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

async function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const startedAt = Date.now()
  process.stderr.write(`installing packages (${packageManager})\n`)
  // CI=true: pnpm must not ask a question when node_modules has to be replaced.
  const env = { ...process.env, CI: 'true' }
  const child = spawn('npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      output += `${error.message}\n`
      resolve(1)
    })
    child.on('close', resolve)
  })
  if (code !== 0 || !existsSync(runtime)) {
    process.stderr.write(output)
    fail('the packages could not be installed; the output of the installer is above')
  }
  process.stderr.write(`packages installed in ${((Date.now() - startedAt) / 1000).toFixed(0)} s\n`)
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

await main()
