/** Prints the processor time of a call of seven nodes in the interpreter, and of validating and compiling its flow. */
import { compileFlow } from '../src/compile.ts'
import { advance, startFlow } from '../src/interpreter.ts'
import type { FlowInput } from '../src/step.ts'
import { dial, digits, dtmf, finished, graphOf, hangup, human, play, say, set, when } from '../test/support/graphs.ts'

const calls = 300_000
const compilations = 2_000

const graph = graphOf(
  {
    dial: dial(),
    greet: say('Hello {{contact.fullName|client}}, you owe {{contact.customAttributes.credit}}'),
    rich: when('contact.customAttributes.credit', 'gt', 1000),
    menu: dtmf({ branches: [{ output: 'branch_1', digits: ['1'] }], variable: 'choice' }),
    mark: set('promised', true),
    thanks: play('thanks'),
    bye: hangup(),
  },
  [
    'dial onAnswer greet',
    'greet onComplete rich',
    'rich branch_1 menu',
    'menu branch_1 mark',
    'mark onComplete thanks',
    'thanks onComplete bye',
  ],
)
const variables = Object.fromEntries([
  ...Array.from({ length: 30 }, (_, index) => [`contact.customAttributes.attribute_${index}`, index] as const),
  ['contact.fullName', 'Amina Idrissi'],
  ['contact.customAttributes.credit', 90856],
])
const inputs: FlowInput[] = [human, finished(), digits('1'), finished()]
const flow = compileFlow(graph)

/** Runs one call; the number of nodes it executed. */
function runCall(): number {
  let step = startFlow(flow, variables, 0)
  let executed = step.executed.length
  for (const [index, input] of inputs.entries()) {
    step = advance(flow, step.state, input, (index + 1) * 1000)
    executed += step.executed.length
  }
  return executed
}

function microsEach(times: number, action: () => void): number {
  for (let warmUp = 0; warmUp < times / 10; warmUp++) action()
  const start = process.cpuUsage()
  for (let index = 0; index < times; index++) action()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / times
}

const callMicros = microsEach(calls, runCall)
const compileMicros = microsEach(compilations, () => compileFlow(graph))
const nodes = runCall()
process.stdout.write(`call of ${nodes} nodes: ${callMicros.toFixed(1)} µs, ${Math.round((nodes / callMicros) * 1e6)} nodes/s\n`)
process.stdout.write(`validate and compile: ${compileMicros.toFixed(0)} µs\n`)
