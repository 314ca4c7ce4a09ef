(() => {
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const id = document.documentElement.lang === 'id';
const value = (text) => {
  const plain = text.replace(id ? /\./g : /,/g, '').replace(id ? ',' : '#', '.').replace('−', '-').replace('+', '');
  return plain === '' || isNaN(plain) ? null : +plain;
};
const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), id ? 'id' : 'en');
all('table[data-rows]').forEach((table) => {
  const heads = all('thead th', table), body = table.tBodies[0], rows = all('tr', body);
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.textContent = '';
    head.append(button);
    button.onclick = () => {
      const before = head.getAttribute('aria-sort'), up = before ? before === 'descending' : column === 0 || head.className === 'l';
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const keyed = rows.map((row) => {
        const text = row.cells[column].textContent.trim(), number = value(text);
        return [row, text === '–' ? null : number === null ? text : number];
      });
      keyed.sort((a, b) => a[1] === null || b[1] === null
        ? (a[1] === null) - (b[1] === null) : compare(a[1], b[1]) * (up ? 1 : -1));
      body.append(...keyed.map((pair) => pair[0]));
    };
  });
  const input = document.querySelector('input[data-for="' + table.id + '"]');
  const count = document.getElementById(table.id + '-n');
  const words = rows.map((row) => row.textContent.toLowerCase());
  input.parentNode.hidden = false;
  input.oninput = () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, i) => { const fits = words[i].includes(wanted); row.hidden = !fits; shown += fits; });
    count.textContent = wanted ? table.dataset.rows.replace('#', shown) : '';
  };
});
const copy = document.getElementById('cp'), print = document.getElementById('pr');
if (navigator.clipboard) {
  copy.hidden = false;
  copy.onclick = async () => {
    const before = copy.textContent;
    await navigator.clipboard.writeText(copy.dataset.t);
    copy.textContent = copy.dataset.ok;
    setTimeout(() => { copy.textContent = before; }, 1800);
  };
}
print.hidden = false;
print.onclick = () => window.print();
const other = document.querySelector('.lg');
other.addEventListener('click', () => { other.href = other.href.split('#')[0] + location.hash; });
})();
