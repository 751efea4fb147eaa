/* keydesk.js - what a page gains with a script: copy buttons, local times, time left, secrets that do not linger.
 * Every page works without it. */
(() => {
  'use strict';

  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const textOf = (field) => ('value' in field ? field.value : field.textContent);

  /* One place that says to a screen reader what has happened. */
  const said = document.createElement('p');
  said.className = 'visually-hidden';
  said.setAttribute('role', 'status');
  document.body.append(said);

  /* navigator.clipboard is absent on plain http, and may be refused: then the old way. */
  const copyOld = (text) => {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'visually-hidden';
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyOld(text);
    }
  };

  /* In long lists the button is made here: the page is lighter without. */
  all('[data-copies]').forEach((cell, i) => {
    const code = cell.querySelector('code');
    const button = document.createElement('button');
    const name = document.createElement('span');
    code.id = `copies-${i}`;
    button.className = 'copy';
    button.type = 'button';
    button.dataset.copy = code.id;
    name.className = 'visually-hidden';
    name.textContent = ` the client ID of ${cell.parentNode.querySelector('th').textContent}`;
    button.append('Copy', name);
    const key = document.createElement('span');
    key.className = 'key';
    key.append(code, button);
    cell.append(key);
  });

  all('[data-copy]').forEach((button) => {
    const field = document.getElementById(button.dataset.copy);
    const word = button.firstChild;
    let timer = 0;
    if (!field) return;
    button.hidden = false;
    button.addEventListener('click', async () => {
      const done = await copy(textOf(field));
      button.focus();
      word.data = done ? 'Copied' : 'Select it';
      said.textContent = done ? 'Copied' : 'Copying is not allowed here. Select the text and copy it.';
      button.classList.toggle('copied', done);
      clearTimeout(timer);
      timer = setTimeout(() => {
        word.data = 'Copy';
        said.textContent = '';
        button.classList.remove('copied');
      }, 2000);
    });
  });

  /* One click selects the whole of what is shown to be copied. */
  all('textarea[readonly]').forEach((field) => {
    field.addEventListener('click', () => field.select());
    field.addEventListener('focus', () => field.select());
  });

  /* Of what only reads, nothing can be picked that changes things. What is picked is left, so that it is sent and the
   * server says what is wrong with it, or that it may stay. */
  all('[data-only-reads]').forEach((tick) => {
    const writing = Array.from(tick.form.querySelectorAll('[data-writes]'));
    const follow = () => writing.forEach((choice) => { choice.disabled = tick.checked && !choice.checked; });
    tick.form.addEventListener('change', follow);
    follow();
  });

  /* What is shown once, as text or as a picture, goes with its page: also out of the copy that the browser keeps for
   * "back". Who leaves otherwise than by a form is asked first. */
  const once = all('[data-once]');
  if (once.length) {
    let leaving = false;
    document.addEventListener('submit', () => { leaving = true; });
    addEventListener('beforeunload', (event) => {
      if (!leaving) event.preventDefault();
    });
    addEventListener('pagehide', () => once.forEach((field) => { field.value = ''; field.textContent = ''; }));
  }

  /* Exact times are UTC; beside them, what the reader's own clock says. */
  all('time[data-tip]').forEach((time) => {
    const at = new Date(time.dateTime);
    if (isNaN(at) || !at.getTimezoneOffset()) return;
    const here = at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
    time.dataset.tip += `\n${here} your time`;
  });

  /* How long is left, counted from when the page came: whatever the reader's clock says. */
  const spans = [[86400, 'day', 'days'], [3600, 'h', 'h'], [60, 'min', 'min'], [1, 's', 's']];
  const words = (seconds) => {
    if (seconds < 1) return 'now';
    const [size, one, many] = spans.find(([each]) => seconds >= each);
    const n = Math.floor(seconds / size);
    return `in ${n} ${n === 1 ? one : many}`;
  };
  const came = Date.now();
  all('time[data-countdown]').forEach((time) => {
    const tick = () => {
      const left = Number(time.dataset.countdown) - (Date.now() - came) / 1000;
      time.textContent = words(left);
      if (left >= 1) setTimeout(tick, left < 120 ? 1000 : 30000);
    };
    tick();
  });

  /* Escape takes away the words shown on hover or focus (WCAG 1.4.13) until the next move. */
  const root = document.documentElement.classList;
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') root.add('no-tips');
  });
  ['pointerover', 'focusin'].forEach((move) => addEventListener(move, () => root.remove('no-tips')));
})();
