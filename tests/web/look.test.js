// look.test.js - every state of every page, as the page tests have left it: accessible, nothing clipped, nothing too small.
//
// Alone: it looks at two pages at once itself.
// Once: it serves the pages itself.
// With LOOK=1 a picture of each is in build/look/.
'use strict';
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const axe = require.resolve('axe-core/axe.min.js');
const { launch, open } = require('./browser.js');
const { root } = require('./stack.js');
const { geometry, named, shades, skeleton, styled, wider, written } = require('./look.js');

const looks = path.join(root, 'build/look');
const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// Those of axe's rules that look at colours, for which it measures each text.
const byColour = ['color-contrast', 'link-in-text-block'];
const all = !!(process.env.SOAK || process.env.LOOK);

const given = process.env.KEYDESK_TEST_PAGES;
let folder, made, server, browser, url, windows;
const seen = { skeleton: new Set(), named: new Set(), styled: new Set(), light: new Set(), dark: new Set() };

// The header as app/site/page_headers.c sends it.
function policy() {
  const source = fs.readFileSync(path.join(root, 'app/site/page_headers.c'), 'utf8');
  const [, strings] = /"Content-Security-Policy"\),\s*STR_INIT\(\s*((?:"[^"]*"\s*)+)\)/.exec(source);
  return [...strings.matchAll(/"([^"]*)"/g)].map(([, part]) => part).join('');
}

function pagesOfTheirTests() {
  made = fs.mkdtempSync(path.join(os.tmpdir(), 'keydesk-look-'));
  const { MAKEFLAGS, MFLAGS, MAKELEVEL, T, ...env } = process.env;
  const run = spawnSync('make', ['--no-print-directory', 'pages'], { cwd: root, env: { ...env, KEYDESK_TEST_PAGES: made }, encoding: 'utf8' });
  assert.ok(fs.readdirSync(made).length, `make pages: ${run.stdout}${run.stderr}`);
  return made;
}

function serve() {
  const headers = { 'Content-Security-Policy': policy(), 'X-Content-Type-Options': 'nosniff' };
  server = http.createServer((request, reply) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = pathname === '/static/axe.js' ? axe : pathname.startsWith('/static/') ? path.join(root, pathname) : path.join(folder, path.basename(pathname));
    if (!fs.existsSync(file)) reply.writeHead(404, headers).end();
    else reply.writeHead(200, { ...headers, 'Content-Type': types[path.extname(file)] ?? 'text/html; charset=utf-8', 'Cache-Control': 'max-age=3600' }).end(fs.readFileSync(file));
  });
  return new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
}

// The states of a page; of those that differ in ids and numbers only, one.
function files(name) {
  const texts = new Map();
  for (const file of fs.readdirSync(folder).filter((entry) => entry.startsWith(`${name}--`)).sort()) {
    const words = fs.readFileSync(path.join(folder, file), 'utf8').replace(/\w*\d\w*|[A-Za-z]{22,}/g, '#');
    if (!texts.has(words)) texts.set(words, file);
  }
  return [...texts.values()];
}

// What these functions of look.js find in the page as it stands, in their order: one question, as each costs more than most answers.
const ask = (page, ...functions) => page.mainFrame().evaluate(`[${functions.map((one) => `(${one})()`)}]`);

// What is wrong with the page as it stands, each a line: by the rules about colours, by all others, or by both.
async function accessible(page, { colours, others }) {
  const rules = Object.fromEntries(byColour.map((id) => [id, { enabled: colours }]));
  const runOnly = others ? { type: 'tag', values: tags } : { type: 'rule', values: byColour };
  if (!await page.mainFrame().evaluate(() => 'axe' in window)) await page.addScriptTag({ url: '/static/axe.js' });
  const { violations } = await page.mainFrame().evaluate((given) => window.axe.run(document, given), { runOnly, rules, resultTypes: ['violations'] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`));
}

// Whether one of these lines is in none before: what any page shows, or has in these colours.
function fresh(kind, lines) {
  const before = seen[kind].size;
  lines.split('\n').forEach((one) => seen[kind].add(one));
  return seen[kind].size > before;
}

async function picture(page, name, scheme) {
  if (process.env.LOOK) await page.screenshot({ path: path.join(looks, `${name}-${scheme}.png`), fullPage: true });
}

// The page in the window; its skeleton, and where its names come from. A window's first page is asked for, and those after it are written over that one, which takes
// a third of the time and leaves axe where it is; the policy is the same for all. With SOAK each is asked for.
async function put(page, file) {
  if (all || page.url() === 'about:blank') {
    await page.goto(`/${file}`);
    return ask(page, skeleton, named);
  }
  const text = JSON.stringify(fs.readFileSync(path.join(folder, file), 'utf8'));
  return page.mainFrame().evaluate(`(${written})(${text}).then(() => [(${skeleton})(), (${named})()])`);
}

// One page of each structure is measured at each width: pages of one structure differ in their words only, and those are measured
// where there is least room, at 320 px with wider text. Of them axe has those that show something no page has shown, and the
// colours of those with a text in colours of which no page had one, in the dark too; with SOAK each has all of it. It has those too in
// which an element has its name from where none had it, or has lost it: that is `names`. Whether all of the page was new.
async function look({ page, say, file, names }) {
  let shown = false;
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    const [wrong, parts, light] = await ask(page, geometry, styled, shades);
    say(`${width} px`, wrong);
    const others = fresh('styled', parts) || (names && width === 1280) || all;
    const colours = fresh('light', light) || all;
    shown ||= others;
    await picture(page, `${file.replace('.html', '')}-${width}`, 'light');
    if (!others && !colours) continue;
    say(`${width} px, light`, await accessible(page, { colours, others }));
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, `${file.replace('.html', '')}-${width}`, 'dark');
    if (fresh('dark', ...await ask(page, shades)) || all) say(`${width} px, dark`, await accessible(page, { colours: true, others: false }));
    await page.emulateMedia({ colorScheme: 'light' });
  }
  return shown;
}

// WCAG 1.4.4: for who has set text of twice the size in the browser.
async function twice({ page, say, fonts }) {
  await page.setViewportSize({ width: 1280, height: 800 });
  await fonts(32);
  const [rem, wrong] = await ask(page, () => getComputedStyle(document.documentElement).fontSize, geometry);
  assert.equal(rem, '32px');
  say('a text of 200 %', wrong);
  await fonts(16);
}

// A window is 320 px wide but while it looks at a page of which the structure is new.
async function lookAt(window, file, say) {
  const { page } = window;
  const [structure, sources] = await put(page, file);
  const names = fresh('named', sources), first = fresh('skeleton', structure) || names || all;
  if (first) {
    if (await look({ page, say, file, names })) await twice({ ...window, say });
    await page.setViewportSize({ width: 320, height: 800 });
    say('320 px', ...await ask(page, geometry));
  }
  say('320 px with wider text', await page.mainFrame().evaluate(`(${wider})(${geometry})`));
}

// A window of its own, kept for all pages: a new one would begin by reading the script of axe again.
async function newWindow() {
  const { context, page, wrong } = await open(browser, url);
  const session = await context.newCDPSession(page);
  const fonts = (standard) => session.send('Page.setFontSizes', { fontSizes: { standard, fixed: standard - 3 } });
  await page.setViewportSize({ width: 320, height: 800 });
  return { page, wrong, fonts };
}

// Two at a time, as there are two processors at least.
async function lookAtAll(name) {
  const left = files(name);
  assert.ok(left.length > 0, `no state of ${name}`);
  const wrong = [];
  await Promise.all(windows.map(async (window) => {
    while (left.length) {
      const file = left.shift();
      const say = (where, lines) => wrong.push(...lines.map((line) => `${file} at ${where}: ${line}`));
      await lookAt(window, file, say);
      say('any width', window.wrong.splice(0));
    }
  }));
  assert.deepEqual(wrong, []);
}

// The templates that are pages, and the parts of others that have states of their own.
const names = fs.readdirSync(path.join(root, 'templates')).map((file) => path.basename(file, '.mustache'))
  .filter((name) => (!name.startsWith('part_') && !['layout', 'csrf'].includes(name)) || fs.existsSync(path.join(root, `tests/pages/${name}.test`)));

test.before(async () => {
  if (process.env.LOOK) fs.mkdirSync(looks, { recursive: true });
  if (given && fs.readdirSync(given).length) folder = given; // tests/check.sh has had the page tests run
  else folder = pagesOfTheirTests();
  await serve();
  url = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
  windows = [await newWindow(), await newWindow()];
});
test.after(async () => {
  await browser?.close();
  server?.close();
  if (made) fs.rmSync(made, { recursive: true, force: true });
});
for (const name of names) {
  test(`KD31 CARD3: each state of ${name} is accessible, nothing of it is clipped, and each target is large enough`, () => lookAtAll(name));
}
