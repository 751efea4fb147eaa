// mustache.mjs - how long the same page takes with the template engines of Node programs.
//
// Prints a line like that of mustache.c for each of mustache and handlebars that is installed where
// Node looks for modules (or in the folder named by NODE_MODULES).
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const ROWS = 50, ROUNDS = 3000, TRIES = 5

const here = new URL('.', import.meta.url).pathname
const template = readFileSync(join(here, 'mustache.mustache'), 'utf8')
const modules = process.env.NODE_MODULES
const load = createRequire(modules ? join(modules, 'package.json') : import.meta.url)

const roles = ['admin', 'member', 'compliance admin']
const view = {
  title: 'People & <contacts>',
  search: 'anna',
  next: 4761,
  rows: Array.from({ length: ROWS }, (_, i) => ({
    id: 4711 + i,
    name: `Anna "O'Neil" the ${i}.`,
    email: `anna.number.${i}@example.test`,
    role: roles[i % 3],
    active: i % 4 !== 0,
    uses: 1000 * i,
  })),
}

// Each gives a function that shows the page; parsing is done once, as in mustache.c.
const engines = {
  mustache: engine => {
    engine.parse(template)
    return () => engine.render(template, view)
  },
  handlebars: engine => {
    const show = engine.compile(template)
    show(view)
    return () => show(view)
  },
}

function measure(show) {
  let best = Infinity
  for (let k = 0; k < TRIES; k++) {
    const began = process.hrtime.bigint()
    for (let i = 0; i < ROUNDS; i++) show()
    best = Math.min(best, Number(process.hrtime.bigint() - began) / ROUNDS)
  }
  return best
}

for (const [name, prepare] of Object.entries(engines)) {
  let engine
  try {
    engine = load(name)
  } catch {
    console.log(`${name.padEnd(11)} not installed`)
    continue
  }
  const show = prepare(engine)
  const ns = measure(show)
  if (process.argv[2] === 'show') process.stdout.write(show())
  else console.log(`${name.padEnd(11)} ${Buffer.byteLength(show())} bytes  ${Math.round(ns)} ns a page`)
}
