'use strict';

const POLL_MILLIS = 2000;
const byId = id => document.getElementById(id);
let token = sessionStorage.getItem('token') || '';
let endedJobs = '';

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'onclick') made.addEventListener('click', value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

async function ask(path, body) {
  const headers = token ? {Authorization: 'Bearer ' + token} : {};
  const options = {headers};
  if (body !== undefined) {
    headers['X-Kvbackup'] = '1';
    headers['Content-Type'] = 'application/json';
    options.method = 'POST';
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  const answer = await response.json();
  if (response.status === 401) {
    byId('all').hidden = true;
    byId('login').hidden = false;
  }
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function showProblem(text) {
  byId('problem').textContent = text || '';
  byId('problem').hidden = !text;
}

async function act(path, body) {
  try {
    await ask(path, body);
    showProblem('');
    await refresh();
  } catch (e) {
    showProblem(e.message);
  }
}

function ago(seconds) {
  if (seconds === null || seconds === undefined) return '';
  const units = [[86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];
  for (const [size, name] of units) {
    if (seconds >= size || size === 1) {
      const count = Math.max(0, Math.floor(seconds / size));
      return count + ' ' + name + (count === 1 ? '' : 's');
    }
  }
  return '';
}

const since = time => (Date.now() - Date.parse(time)) / 1000;
const local = time => time ? new Date(time).toLocaleString() : '';

function bytes(count) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = count, unit = 0;
  while (size >= 1000 && unit < units.length - 1) { size /= 1000; unit++; }
  return (unit === 0 ? size : size.toFixed(1)) + ' ' + units[unit];
}

/** Keeps the focus where it is although the list is made anew. */
function replace(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.getAttribute('data-key') : null;
  parent.replaceChildren(...children);
  if (focused) {
    const again = parent.querySelector('[data-key="' + CSS.escape(focused) + '"]');
    if (again) again.focus();
  }
}

function button(text, label, key, action, quiet) {
  return element('button', {type: 'button', 'aria-label': label, 'data-key': key, onclick: action,
    class: quiet ? 'quiet' : null}, text);
}

function databaseCard(database) {
  const newest = database.newest;
  const bad = database.damaged !== null;
  const card = element('article', {class: bad ? 'card damaged' : 'card', 'data-database': database.name},
    element('h3', {}, database.name + (database.live ? '' : ' (only in the store)')),
    newest
      ? element('p', {}, 'Newest backup: ' + ago(database.age_seconds) + ' old')
      : element('p', {class: 'bad'}, 'There is no backup.'),
    bad ? element('p', {class: 'bad'}, 'Damaged: ' + database.damaged) : null,
    element('p', {class: database.last_drill ? '' : 'soft'}, database.last_drill
      ? 'Last drill passed ' + ago(since(database.last_drill.at)) + ' ago'
      : 'No drill has passed yet.'),
    database.last_verification
      ? element('p', {class: 'soft'}, 'Last verified ' + ago(since(database.last_verification.at)) + ' ago') : null,
    database.replication
      ? element('p', {class: database.replication.problem ? 'bad' : 'good'}, 'Replication: '
        + database.replication.state + ', ' + database.replication.lag_seconds.toFixed(1) + ' s behind'
        + (database.replication.problem ? '. ' + database.replication.problem : '')) : null);
  if (database.live) {
    card.append(button('Back up', 'Back up ' + database.name, 'backup-' + database.name,
      () => act('/api/backup', {database: database.name})));
  }
  if (newest) {
    card.append(button('Drill', 'Restore the newest backup of ' + database.name + ' as a drill',
      'drill-' + database.name, () => act('/api/verify', {object_name: newest.object_name, level: 'drill'}), true));
  }
  return card;
}

function jobTitle(job) {
  return job.kind + (job.databases.length ? ' of ' + job.databases.join(', ') : '')
    + (job.schedule ? ' (schedule ' + job.schedule + ')' : '');
}

function activeJob(job) {
  const known = job.progress.fraction >= 0;
  const percent = known ? Math.floor(100 * job.progress.fraction) : null;
  return element('article', {class: 'job', 'data-job': job.id},
    element('p', {}, jobTitle(job) + (job.status === 'pending' ? ' waits' : '')),
    job.status === 'running'
      ? element('progress', {max: 100, value: known ? percent : null, 'aria-label': 'Progress of ' + jobTitle(job)}) : null,
    element('p', {class: 'soft'}, job.progress.entries.toLocaleString() + ' entries, ' + bytes(job.progress.bytes)
      + (known ? ', ' + percent + ' %' : '')),
    button('Cancel', 'Cancel ' + jobTitle(job), 'cancel-' + job.id,
      () => act('/api/jobs/' + encodeURIComponent(job.id) + '/cancel', {}), true));
}

function errorJob(job) {
  return element('article', {class: 'job error'},
    element('p', {class: 'bad'}, jobTitle(job) + ' failed ' + local(job.ended)),
    element('p', {}, job.text || ''));
}

function table(heads, rows) {
  return element('div', {class: 'scroll'}, element('table', {},
    element('thead', {}, element('tr', {}, ...heads.map(([text, kind]) =>
      element('th', {scope: 'col', class: kind}, text)))),
    element('tbody', {}, ...rows.map(row => element('tr', {}, ...row.map((cell, i) =>
      element('td', {class: heads[i][1], 'data-label': heads[i][0]}, cell)))))));
}

function backupRow(backup) {
  const verified = backup.verified
    ? backup.verified.level + (backup.verified.passed ? ' passed ' : ' failed ') + local(backup.verified.at)
    : 'never';
  const state = backup.damaged ? element('span', {class: 'bad'}, 'damaged')
    : backup.confirmed ? element('span', {class: 'good'}, 'good') : element('span', {class: 'bad'}, 'not confirmed');
  return [backup.object_name, backup.kind, bytes(backup.stored_bytes), state, verified,
    button('Verify', 'Verify ' + backup.object_name, 'verify-' + backup.object_name,
      () => act('/api/verify', {object_name: backup.object_name}), true)];
}

function scheduleRow(schedule) {
  const path = '/api/schedules/' + encodeURIComponent(schedule.name);
  return [schedule.name, schedule.runs, schedule.paused ? 'paused' : local(schedule.next_run) || 'running',
    element('span', {},
      button('Run now', 'Run ' + schedule.name + ' now', 'run-' + schedule.name, () => act(path + '/run', {}), true),
      schedule.paused
        ? button('Resume', 'Resume ' + schedule.name, 'pause-' + schedule.name, () => act(path + '/resume', {}), true)
        : button('Pause', 'Pause ' + schedule.name, 'pause-' + schedule.name, () => act(path + '/pause', {}), true))];
}

function svg(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function chart(storage) {
  const days = storage.days;
  const summary = days.length === 0 ? 'The store holds no backups.'
    : 'Backups that are in the store now: ' + bytes(storage.bytes) + '. From ' + days[0].day + ' to '
      + days[days.length - 1].day + ', added up.';
  if (days.length < 2) return [element('p', {}, summary)];
  const most = Math.max(...days.map(day => day.bytes), 1);
  const first = Date.parse(days[0].day), span = Date.parse(days[days.length - 1].day) - first || 1;
  const points = days.map(day => (600 * (Date.parse(day.day) - first) / span).toFixed(1) + ','
    + (95 - 90 * day.bytes / most).toFixed(1));
  const drawing = svg('svg', {viewBox: '0 0 600 100', preserveAspectRatio: 'none', role: 'img', 'aria-label': summary});
  drawing.append(svg('path', {class: 'area', d: 'M0,100 L' + points.join(' L') + ' L600,100 Z'}),
    svg('path', {class: 'line', d: 'M' + points.join(' L')}));
  return [element('p', {}, summary), drawing];
}

function orNone(list, text) {
  return list.length ? list : [element('p', {class: 'soft'}, text)];
}

async function refresh() {
  const status = await ask('/api/status');
  byId('login').hidden = true;
  byId('all').hidden = false;
  byId('at').textContent = 'as of ' + local(status.at);
  const warnings = status.warnings.concat(status.store_problem ? [status.store_problem] : []);
  const shown = [...byId('warnings').children].map(item => item.textContent);
  if (JSON.stringify(shown) !== JSON.stringify(warnings)) {
    byId('warnings').replaceChildren(...warnings.map(text => element('li', {}, text)));
  }
  replace(byId('database-list'), status.databases.map(databaseCard));
  replace(byId('active-list'), orNone(status.running.concat(status.pending).map(activeJob), 'Nothing is at work.'));
  replace(byId('error-list'), orNone(status.error.map(errorJob), 'There are no errors.'));
  byId('clear-error').disabled = status.error.length === 0;
  replace(byId('schedule-list'), status.schedules.length
    ? [table([['Name', 'name'], ['Runs'], ['Next'], ['Act', 'action']], status.schedules.map(scheduleRow))]
    : orNone([], 'There are no schedules.'));
  replace(byId('finished-list'), status.finished.length
    ? [table([['Job', 'name'], ['Status'], ['Ended'], ['Result']], status.finished.map(job =>
      [jobTitle(job), job.status, local(job.ended), job.text || '']))]
    : orNone([], 'Nothing has finished yet.'));
  byId('clear-finished').disabled = status.finished.length === 0;
  const ended = status.finished.concat(status.error).map(job => job.id).join();
  if (ended !== endedJobs) {
    endedJobs = ended;
    await refreshStore();
  }
}

async function refreshStore() {
  const list = (await ask('/api/backups?limit=20')).backups;
  replace(byId('backup-list'), list.length
    ? [table([['Backup', 'name'], ['Kind'], ['Size', 'number'], ['State'], ['Verified'], ['Act', 'action']],
      list.map(backupRow))]
    : orNone([], 'There are no backups yet.'));
  replace(byId('chart'), chart(await ask('/api/storage')));
}

async function poll() {
  try {
    await refresh();
    if (byId('problem').dataset.poll) showProblem('');
    delete byId('problem').dataset.poll;
  } catch (e) {
    if (!token && !byId('login').hidden) showProblem('');
    else {
      byId('problem').dataset.poll = '1';
      showProblem(e instanceof TypeError ? 'The server does not answer.' : e.message);
    }
  }
  setTimeout(poll, POLL_MILLIS);
}

byId('login').addEventListener('submit', event => {
  event.preventDefault();
  token = byId('token').value;
  sessionStorage.setItem('token', token);
  endedJobs = '';
  refresh().then(() => showProblem(''), e => showProblem(e.message));
});
byId('backup-all').addEventListener('click', () => act('/api/backup', {}));
byId('clear-error').addEventListener('click', () => act('/api/clear_error', {}));
byId('clear-finished').addEventListener('click', () => act('/api/clear_finished', {}));
endedJobs = 'none yet';
poll();
