// The page's behaviour: the charts and tables of a subject, the authors' pages, the colours.
// Whatever comes from outside becomes a text node, or an attribute that has been checked.

const byId = (id) => document.getElementById(id);

async function unpacked(letters) {
  const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

const { tables, charts, freshFor } = await unpacked(byId("data").textContent);
const number = new Intl.NumberFormat("en");
const decimal = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const LATE = 1900; // the first year with a column of its own

// --- rows ------------------------------------------------------------------------------------------

function rows(name, group) {
  const { columns, rows: all, groups } = tables[name];
  const found = group === undefined ? all : groups[group] ?? [];
  return found.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

const authorName = (row) => row.author_name ?? `unnamed (${row.author_key.replace("/authors/", "")})`;

// --- elements --------------------------------------------------------------------------------------

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined).map(
    (child) => child instanceof Node ? child : String(child)));
  return made;
}

// Only a path of Open Library becomes a link.
function openLibrary(key, text) {
  if (!/^\/(authors\/OL\d+A|works\/OL\d+[WM])$/.test(key ?? "")) return element("span", {}, text);
  const attributes = { href: `https://openlibrary.org${key}`, rel: "noopener", target: "_blank" };
  return element("a", attributes, text, element("span", { class: "hidden" }, " (Open Library, new tab)"));
}

function authorButton(row) {
  const shown = authorName(row);
  if (!tables.report_author_profiles.groups[row.author_key]) return openLibrary(row.author_key, shown);
  const button = element("button", { type: "button", class: "plain-button" }, shown);
  button.addEventListener("click", () => { location.hash = authorHash(row.author_key); });
  return button;
}

function tile(label, value, note) {
  return element("div", { class: "tile" }, element("dt", {}, label),
    element("dd", {}, element("b", {}, value), note ? element("span", {}, note) : null));
}

function absent(id, text) {
  byId(`${id}-absent`).hidden = !text;
  byId(`${id}-absent`).textContent = text ?? "";
}

// --- tables ----------------------------------------------------------------------------------------

const PAGE = 10; // rows
const phone = matchMedia("(max-width: 40rem)");
phone.addEventListener("change", () => {
  DataTable.tables({ api: true }).columns(".wide").visible(!phone.matches);
});

// Options of every table; one that fits on a page needs no search and no paging. Of a long list the page
// holds the first rows, and says which of the tables that are exported has all.
function options(count, { held = count, total = held, mart } = {}) {
  const fits = count <= PAGE;
  const part = total > held ? `. This page holds the first ${number.format(held)} of ${number.format(total)}`
    + `${mart ? `; the table ${mart} has all` : ""}` : "";
  return {
    order: [],
    autoWidth: false,
    pageLength: PAGE,
    pagingType: "simple_numbers",
    language: {
      search: "Search", zeroRecords: "No matches.", infoEmpty: "", infoFiltered: "(of _MAX_)",
      info: `_START_ to _END_ of _TOTAL_${part}`,
    },
    layout: {
      topStart: fits ? null : "search", topEnd: null,
      bottomStart: fits && !part ? null : "info", bottomEnd: fits ? null : "paging",
    },
  };
}

// Columns: title, of (the value to sort, search and download), show (its text or element), sought (what is
// searched instead); number and short columns are narrow, wide ones are hidden on a phone, and fileOnly
// ones are downloaded only. `of` says how many rows the page holds, how many there are, in which table.
function table(host, label, columns, data, of = {}, more = {}) {
  host.replaceChildren();
  if (!data.length) return;
  const made = element("table", { "aria-label": label });
  host.append(made, downloadButton(label, columns.map(({ title }) => title),
    () => data.map((row) => columns.map(({ of: value }) => value(row)))));
  return new DataTable(made, {
    data,
    columns: columns.filter(({ fileOnly }) => !fileOnly).map(({ title, of, show, sought, number: isNumber, short, wide }) => ({
      title,
      className: [isNumber ? "n" : short ? "short" : "text", wide ? "wide" : ""].join(" "),
      visible: !(wide && phone.matches),
      type: isNumber ? "num" : "string-utf8",
      orderSequence: isNumber ? ["desc", "asc"] : ["asc", "desc"],
      data: null,
      render: (_, type, row) => {
        const value = type === "filter" && sought ? sought(row) : of(row);
        if (type !== "display") return value ?? (isNumber ? -1 : "");
        const shown = show ? show(row) : isNumber && value !== null ? number.format(value) : value ?? "–";
        return shown instanceof Node ? shown : document.createTextNode(shown);
      },
    })),
    ...options(data.length, of),
    ...more,
  });
}

const year = (of) => ({ title: "Year", of, show: (row) => of(row) ?? "–", number: true });
const TITLE = {
  title: "Title", of: (row) => row.title,
  show: (row) => openLibrary(row.book_key, row.title ?? "untitled"),
};
const DOUBTED_TITLE = {
  ...TITLE,
  show: (row) => row.doubt
    ? element("span", {}, TITLE.show(row), element("small", { class: "doubt" }, `${row.first_publish_year}? ${row.doubt}`))
    : TITLE.show(row),
};
const DOUBTED_YEAR = {
  ...year((row) => row.first_publish_year),
  show: (row) => row.doubt ? `${row.first_publish_year}?` : row.first_publish_year ?? "–",
};

// --- downloads --------------------------------------------------------------------------------------

// A spreadsheet takes text that begins like this for a formula; an apostrophe makes it text again.
const FORMULA = /^[=+\-@\t\r]/;

function cell(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function downloadButton(name, header, lines) {
  const button = element("button", { type: "button", class: "small", "aria-label": `Download CSV: ${name}` }, "Download CSV");
  button.addEventListener("click", () => {
    const text = [header, ...lines()].map((line) => line.map(cell).join(",")).join("\r\n");
    // the mark tells Excel that the text is UTF-8
    const address = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
    element("a", { href: address, download: `${name}.csv` }).click();
    URL.revokeObjectURL(address);
  });
  return button;
}

// --- charts ----------------------------------------------------------------------------------------

const drawn = new Map();

// `lines` is the number of horizontal bars: Vega warns when it has to work out the height itself.
// Columns come in the order of their years.
async function chart(id, name, data, description, { lines, columns, onClick } = {}) {
  const host = byId(id);
  drawn.get(id)?.finalize();
  drawn.delete(id);
  host.replaceChildren();
  host.classList.add("chart");
  host.classList.toggle("link", Boolean(onClick));
  if (!data.length) return;
  const spec = { ...charts[name], description, datasets: { rows: data } };
  if (lines) spec.height = spec.height.step * lines;
  if (columns) { // no gaps between thin columns
    const [first, last] = [data[0], data[data.length - 1]];
    const thin = host.clientWidth / ((last.end - first.year) / (first.end - first.year)) < 5;
    spec.mark = { ...spec.mark, binSpacing: thin ? 0 : 0.5 };
  }
  const result = await vegaEmbed(host, spec, {
    actions: false, ast: true, defaultStyle: false, renderer: "svg",
    tooltip: { disableDefaultStyle: true, theme: "custom" },
  });
  drawn.set(id, result);
  if (onClick) result.view.addEventListener("click", (_, item) => item?.datum && onClick(item.datum));
}

// Columns of `width` years each, without empty ones.
function yearColumns(data, width) {
  const counts = new Map();
  for (const row of data) {
    const start = Math.floor(row.first_publish_year / width) * width;
    counts.set(start, (counts.get(start) ?? 0) + row.book_count);
  }
  return [...counts].map(([start, books]) => ({
    year: start, end: start + width, books, span: width === 1 ? `${start}` : `${start}–${start + width - 1}`,
  }));
}

function titled(id, text) {
  byId(`${id}-title`)?.remove();
  if (text) byId(id).before(element("p", { class: "chart-title", id: `${id}-title` }, text));
}

// --- which books -----------------------------------------------------------------------------------

const languagesOf = (row) => row.languages?.split(", ") ?? [];
const chosenLanguage = () => byId("language").value;

// A language that an edition with an ISBN is in, if the row is of a book to order.
const speaks = (row, language) => row.isbns_to_order === undefined ? languagesOf(row).includes(language)
  : languagesOf(row).includes(language) && orders(row).some(({ parts }) => parts.includes(language));

// Whether a book is in the language and of the years that are chosen for the lists of books.
function fits(row) {
  const [from, to] = ["from", "to"].map((end) => byId(`year-${end}`).valueAsNumber);
  const known = row.first_publish_year !== null || (Number.isNaN(from) && Number.isNaN(to));
  return known && !(row.first_publish_year < from) && !(row.first_publish_year > to)
    && (!chosenLanguage() || speaks(row, chosenLanguage()));
}

const names = new Intl.DisplayNames("en", { type: "language", fallback: "none" });

// Libraries' codes of languages have three letters, some of them their own.
function languageName(code) {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

// Offers the languages of the listed books, those of most books first; without any there is no choice.
function offerLanguages(books) {
  const counts = new Map();
  for (const row of books) {
    for (const code of languagesOf(row).filter((each) => speaks(row, each))) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const codes = [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one) || (one < other ? -1 : 1));
  const select = byId("language");
  const kept = counts.has(select.value) ? select.value : "";
  select.replaceChildren(element("option", { value: "" }, "any"),
    ...codes.map((code) => element("option", { value: code }, languageName(code))));
  select.value = kept;
  select.closest("label").hidden = !codes.length;
  byId("languages-and").textContent = codes.length ? "Language and years" : "Years";
}

// --- what to add -----------------------------------------------------------------------------------

const LISTED = 20; // rows of the books to add

function showShop(scope) {
  const totals = rows("report_shop").find((row) => row.scope === scope);
  const tiles = totals ? [
    tile("Books known", number.format(totals.book_count)),
    tile("Sold by us", number.format(totals.sold_book_count)),
    tile("Out of stock", number.format(totals.sold_out_book_count), "of those that we sell"),
    tile("Readers want, we lack", number.format(totals.missing_book_count), beside(totals)),
  ] : [];
  tiles.at(-1)?.classList.add("chief");
  byId("shop-tiles").replaceChildren(...tiles);
  showBooksToAdd(rows("report_books_to_add", scope), totals);
  showRising(rows("report_rising_authors", scope));
}

function beside(totals) {
  const { unorderable_book_count: unorderable, perhaps_sold_book_count: perhaps } = totals;
  const told = [];
  if (unorderable) told.push(`and ${number.format(unorderable)} without an ISBN`);
  if (perhaps) told.push(`${number.format(perhaps)} perhaps sold`);
  return told.join("; ") || "each with an ISBN to order";
}

function reasons(row) {
  const told = [];
  const [now, before] = [row.reader_count_12_months, row.reader_count_12_months_before];
  if (row.reader_count) {
    const late = now !== null && before !== null && now + before
      ? `, ${number.format(now)} in the last 12 months (${number.format(before)} in the 12 before)` : "";
    told.push(`${number.format(row.reader_count)} ${row.reader_count === 1 ? "reader" : "readers"}${late}`);
  }
  if (row.rating_count) {
    told.push(`${decimal.format(row.rating_average)} of 5 from ${number.format(row.rating_count)} ${row.rating_count === 1 ? "rating" : "ratings"}`);
  }
  return told.join("; ");
}

const PARTS = [["interest", "readers"], ["rating", "ratings"], ["rising", "rising"]];

// The score and its parts, as a bar and in words.
function score(row) {
  const bar = element("span", { class: "score", "aria-hidden": "true" });
  for (const [part] of PARTS) {
    const piece = element("i", { class: part });
    piece.style.width = `${100 * row[`${part}_points`]}%`;
    bar.append(piece);
  }
  const words = PARTS.map(([part, word]) => `${word} ${decimal.format(row[`${part}_points`])}`).join(" + ");
  return element("span", { title: `${decimal.format(row.score)} = ${words}` },
    decimal.format(row.score), bar, element("span", { class: "hidden" }, ` = ${words}`));
}

function isbnButton(isbn) {
  const button = element("button", { type: "button", class: "plain-button isbn", "aria-label": `Copy ISBN ${isbn}` }, isbn);
  button.addEventListener("click", () => copy([isbn]));
  return button;
}

async function copy(isbns) {
  const said = byId("to-add-copied");
  try {
    await navigator.clipboard.writeText(isbns.join("\n"));
    said.textContent = isbns.length === 1 ? `Copied ${isbns[0]}.` : `Copied ${isbns.length} ISBNs.`;
  } catch {
    said.textContent = "The browser does not allow copying: download the CSV instead.";
  }
}

// The newest edition of the book, or the newest in a language.
function orders(row) {
  return row.isbns_to_order.split("; ").map((text) => {
    const [isbn, kind] = text.split(/ \(|\)$/);
    return { isbn, parts: kind ? kind.split(", ") : [] };
  });
}

const orderIn = (row, language) => orders(row).find(({ parts }) => !language || parts.includes(language)) ?? orders(row)[0];

function someAuthors(row) {
  const names = row.authors?.split("; ") ?? ["no author listed"];
  return names.length > 3 ? `${names.slice(0, 3).join("; ")} and ${names.length - 3} more` : names.join("; ");
}

let listing = () => []; // the rows of the list on its current page

function showBooksToAdd(all, totals) {
  const data = all.filter(fits);
  absent("to-add", !all.length
    ? "No reader's interest is known in a book of this subject that the store lacks and that has an ISBN."
    : !data.length ? "No book fits the language and the years chosen." : null);
  byId("to-add-copy").hidden = !data.length;
  byId("to-add-copied").textContent = "";
  const language = chosenLanguage();
  const order = (row) => orderIn(row, language);
  const kind = (row) => order(row).parts.map((part) => languagesOf(row).includes(part) ? languageName(part) : part).join(", ");
  const made = table(byId("table-to-add"), "Books to add", [
    { title: "Rank", of: (row) => row.add_rank, number: true, wide: true },
    { title: "Title", of: (row) => row.title, sought: (row) => `${row.title} ${row.authors}`, show: (row) => element("span", {}, TITLE.show(row),
      element("small", { class: "doubt" },
        [someAuthors(row), row.first_publish_year].filter((part) => part !== null).join(", ")),
      element("span", { class: "phone" }, element("small", { class: "doubt" }, reasons(row)), isbnButton(order(row).isbn))) },
    { title: "Authors", of: (row) => row.authors, fileOnly: true },
    { title: "First published", of: (row) => row.first_publish_year, fileOnly: true },
    { title: "Why", of: reasons, wide: true },
    { title: "Score", of: (row) => row.score, show: score, number: true },
    { title: "ISBN, newest edition", of: (row) => order(row).isbn, short: true, wide: true,
      show: (row) => element("span", {}, isbnButton(order(row).isbn), element("small", { class: "doubt" }, kind(row))) },
    { title: "ISBNs by language and format", of: (row) => row.isbns_to_order, fileOnly: true },
    { title: "Languages", of: (row) => row.languages, fileOnly: true },
    { title: "Readers", of: (row) => row.reader_count, fileOnly: true },
    { title: "Ratings", of: (row) => row.rating_count, fileOnly: true },
    { title: "Average rating", of: (row) => row.rating_average, fileOnly: true },
    { title: "Open Library", of: (row) => `https://openlibrary.org${row.book_key}`, fileOnly: true },
  ], data, { held: all.length, total: totals?.missing_book_count, mart: "books_to_add" }, { pageLength: LISTED });
  byId("to-add-search").replaceChildren(...byId("table-to-add").querySelectorAll(".dt-search"));
  byId("to-add-csv").replaceChildren(...byId("table-to-add").querySelectorAll(":scope > button"));
  listing = () => made ? made.rows({ page: "current", search: "applied" }).data().toArray() : [];
}

function showRising(data) {
  absent("rising", data.length ? null : "No author of this subject has enough readers to tell.");
  table(byId("table-rising"), "Rising authors", [
    { title: "Author", of: authorName, show: authorButton },
    { title: "Readers, last 12 months", of: (row) => row.reader_count_12_months, number: true },
    { title: "The 12 before", of: (row) => row.reader_count_12_months_before, number: true },
    { title: "Growth", of: (row) => row.reader_growth, number: true,
      show: (row) => `${number.format(Math.round(100 * row.reader_growth))} %` },
    { title: "Books, last 5 years", of: (row) => row.book_count_5_years, number: true, wide: true },
    { title: "The 5 before", of: (row) => row.book_count_5_years_before, number: true, wide: true },
  ], data, { total: data[0]?.author_count, mart: "rising_authors" });
}

// --- two subjects ----------------------------------------------------------------------------------

function compare(scope, other) {
  byId("comparison").hidden = !other || other === scope;
  if (byId("comparison").hidden) return;
  const [one, two] = [scope, other].map((each) => ({
    ...rows("report_scopes").find((row) => row.scope === each),
    ...(tables.report_shop ? rows("report_shop").find((row) => row.scope === each) : {}),
  }));
  const named = (totals) => totals.scope ? totals.subject_name : "All subjects";
  const lines = [
    ["Books", "book_count"], ["Authors", "author_count"], ["Editions", "edition_count"],
    ["Books with a year", "dated_book_count"], ["First year", "first_publish_year"], ["Last year", "last_publish_year"],
    ["Sold by us", "sold_book_count"], ["Readers want, we lack", "missing_book_count"],
  ].filter(([, column]) => one[column] !== undefined && two[column] !== undefined);
  const shown = (label, value) => value === null ? "–" : / year$/.test(label) && !label.startsWith("Books") ? `${value}` : number.format(value);
  const made = element("table", { class: "plain", "aria-labelledby": "comparison-title" },
    element("thead", {}, element("tr", {}, element("th", {}, ""), element("th", { class: "n" }, named(one)), element("th", { class: "n" }, named(two)))),
    element("tbody", {}, ...lines.map(([label, column]) => element("tr", {}, element("th", { scope: "row" }, label),
      element("td", { class: "n" }, shown(label, one[column])), element("td", { class: "n" }, shown(label, two[column]))))));
  byId("table-comparison").replaceChildren(made);
  for (const [id, totals] of [["one", one], ["other", two]]) {
    const data = rows("report_books_per_year", totals.scope).filter((row) => row.first_publish_year >= LATE);
    titled(`chart-${id}`, `${named(totals)}, from ${LATE}, by year`);
    chart(`chart-${id}`, "profile", yearColumns(data, 1), `Books of ${named(totals)} first published from ${LATE}, by year`, { columns: true });
  }
}

// --- books -----------------------------------------------------------------------------------------

function showScope(scope) {
  const totals = rows("report_scopes").find((row) => row.scope === scope);
  const percent = totals.book_count ? Math.floor(1000 * totals.dated_book_count / totals.book_count) / 10 : 0;
  const averages = rows("report_averages", scope);
  const sum = (column) => averages.reduce((all, row) => all + row[column], 0);
  const years = sum("active_year_count");
  byId("scope-tiles").replaceChildren(
    tile("Books", number.format(totals.book_count), `${number.format(totals.edition_count)} editions`),
    tile("Authors", number.format(totals.author_count), `${number.format(totals.books_without_author_count)} books have none`),
    tile("Per author and year", years ? decimal.format(sum("dated_book_count") / years) : "–", "books, in years with any"),
    tile("With a year", `${number.format(percent)} %`, `${number.format(totals.dated_book_count)} books`),
    tile("First published", totals.first_publish_year === null ? "–" : `${totals.first_publish_year}–${totals.last_publish_year}`),
  );
  showYears(scope);
  showAuthors(scope, totals);
  showHeat(scope);
  showGroups("averages", rows("report_averages", scope), "average", (row) => row.average_books, "authors", (row) => row.author_count);
  showGroups("editions", rows("report_editions", scope), "editions", (row) => row.editions, "books", (row) => row.book_count);
  showBooks(scope, totals);
  showChanges(scope);
}

function showYears(scope) {
  const data = rows("report_books_per_year", scope);
  absent("years", data.length ? null : "No book has a plausible year.");
  const early = data.filter((row) => row.first_publish_year < LATE);
  const late = data.filter((row) => row.first_publish_year >= LATE);
  const sum = (some) => number.format(some.reduce((books, row) => books + row.book_count, 0));
  titled("chart-early", early.length ? `Until ${LATE - 1}, by decade: ${sum(early)} books` : null);
  titled("chart-late", late.length ? `From ${LATE}, by year: ${sum(late)} books (different scale)` : null);
  chart("chart-early", "years", yearColumns(early, 10), `Books first published until ${LATE - 1}, by decade`, { columns: true });
  chart("chart-late", "years", yearColumns(late, 1), `Books first published from ${LATE}, by year`, { columns: true });
}

function showAuthors(scope, totals) {
  const data = rows("report_authors", scope);
  absent("authors", data.length ? null : "No book lists an author.");
  const bars = unique(data.slice(0, 15), authorName).map(([author, row]) => ({
    author, key: row.author_key, books: row.book_count, text: number.format(row.book_count),
  }));
  chart("chart-authors", "authors", bars, "The authors with the most books", {
    lines: bars.length, onClick: (bar) => { location.hash = authorHash(bar.key); },
  });
  table(byId("table-authors"), "The most prolific authors", [
    { title: "Author", of: authorName, show: authorButton },
    { title: "Books", of: (row) => row.book_count, number: true },
    { title: "First", of: (row) => row.first_publish_year, show: (row) => row.first_publish_year ?? "–", number: true, wide: true },
    { title: "Last", of: (row) => row.last_publish_year, show: (row) => row.last_publish_year ?? "–", number: true, wide: true },
    { title: "Per active year", of: (row) => row.average_books_per_active_year,
      show: (row) => row.average_books_per_active_year === null ? "–" : decimal.format(row.average_books_per_active_year), number: true },
  ], data, { total: totals.author_count, mart: "authors" });
}

// A chart tells rows apart by their text, so equal texts are numbered.
function unique(data, text) {
  const seen = new Map();
  return data.map((row) => {
    const times = (seen.get(text(row)) ?? 0) + 1;
    seen.set(text(row), times);
    return [times > 1 ? `${text(row)} (${times})` : text(row), row];
  });
}

function showHeat(scope) {
  const named = new Map(unique(rows("report_authors", scope).slice(0, 20), authorName).map(([name, row]) => [row.author_rank, [name, row]]));
  const data = rows("report_author_years", scope);
  absent("heat", data.length ? null : "No author has a book with a plausible year.");
  const years = data.map((row) => row.first_publish_year);
  const span = Math.max(...years) - Math.min(...years) + 1;
  const room = (byId("chart-heat").clientWidth - 150) / 4; // cells of 4 pixels, next to the names
  const width = [1, 2, 5, 10, 20, 50].find((each) => span / each <= room) ?? 100;
  const cells = [...named.keys()].flatMap((rank) => {
    const [author, { author_key: key }] = named.get(rank);
    return yearColumns(data.filter((row) => row.author_rank === rank), width).map((cell) => ({ ...cell, author, key }));
  });
  titled("chart-heat", data.length && width > 1 ? `One cell is ${width} years.` : null);
  chart("chart-heat", "heat", cells, "Books per author and year", {
    lines: new Set(cells.map((cell) => cell.author)).size,
    onClick: (cell) => { if (cell.key) location.hash = authorHash(cell.key); },
  });
}

function showGroups(id, data, label, of, count, counted) {
  const total = data.reduce((sum, row) => sum + counted(row), 0);
  absent(id, data.length ? null : "Nothing to show.");
  const bars = data.map((row) => ({
    [label]: of(row), [count]: counted(row),
    text: `${number.format(counted(row))} · ${percentOf(counted(row), total)}`,
  }));
  chart(`chart-${id}`, id, bars, byId(`${id}-title`).textContent, { lines: bars.length });
}

function percentOf(part, whole) {
  const percent = 100 * part / whole;
  return percent < 0.1 ? "under 0.1 %" : `${number.format(Math.round(percent * 10) / 10)} %`;
}

function showBooks(scope, totals) {
  const all = rows("report_books", scope);
  const data = all.filter(fits);
  absent("top-books", !all.length ? "No books to show."
    : !data.length ? `None of the ${number.format(all.length)} books in this page fits the language and the years chosen.` : null);
  table(byId("table-books"), "The books with the most editions", [
    DOUBTED_TITLE,
    { title: "Author", of: (row) => row.author_key ? authorName(row) : null, wide: true, show: (row) => {
      if (!row.author_key) return "–";
      const more = row.author_count - 1;
      return element("span", {}, authorButton(row), more > 0 ? ` and ${number.format(more)} more` : "");
    } },
    DOUBTED_YEAR,
    { title: "Editions", of: (row) => row.edition_count, number: true },
    { title: "Languages", of: (row) => row.languages, fileOnly: true },
  ], data, { held: all.length, total: totals.book_count, mart: "books" });
}

function showChanges(scope) {
  const loads = rows("report_newest_loads").filter((load) => load.load_id && load.subject && (!scope || load.subject === scope));
  const compared = loads.filter((load) => load.status === "complete" && load.previous_started_at);
  const all = rows("report_changed_books");
  const count = (load, kind) => all.find((row) => row.subject === load.subject && row.change_kind === kind)?.book_count ?? 0;
  const since = (load) => day(load.previous_started_at);
  const host = byId("table-changes");
  host.replaceChildren();
  if (!compared.length) {
    absent("changes", "Nothing to compare yet: that takes two full loads of a subject.");
  } else if (!scope) {
    absent("changes", compared.length < loads.length
      ? `${compared.length} of ${loads.length} subjects have two loads to compare.` : null);
    table(host, "New and vanished books by subject", [
      { title: "Subject", of: (load) => load.subject },
      { title: "Since", of: (load) => load.previous_started_at, show: since },
      { title: "New", of: (load) => count(load, "new"), number: true },
      { title: "Vanished", of: (load) => count(load, "vanished"), number: true },
    ], compared);
  } else {
    const [load] = compared;
    const [added, gone] = ["new", "vanished"].map((kind) => count(load, kind));
    absent("changes", `${number.format(added)} new and ${number.format(gone)} vanished since ${since(load)}.`);
    table(host, "New and vanished books", [
      TITLE,
      { title: "Change", of: (row) => row.change_kind, short: true },
      year((row) => row.first_publish_year),
    ], all.filter((row) => row.subject === scope), { total: added + gone });
  }
}

// --- authors ---------------------------------------------------------------------------------------

const authorHash = (key) => `author=${key.replace("/authors/", "")}`;

function showAuthor() {
  const dialog = byId("author");
  const key = `/authors/${location.hash.match(/^#author=(OL\d+A)$/)?.[1]}`;
  const profile = rows("report_author_profiles", key)[0];
  if (!profile) {
    if (dialog.open) dialog.close();
    return;
  }
  const books = rows("report_author_profile_books", key);
  byId("author-name").textContent = profile.author_name ?? key.replace("/authors/", "");
  byId("author-link").replaceChildren(openLibrary(key, "The author's page at Open Library"));
  const average = (value) => value === null ? "–" : decimal.format(value);
  byId("author-tiles").replaceChildren(
    tile("Books, all subjects", number.format(profile.book_count), `${number.format(profile.dated_book_count ?? 0)} with a year`),
    tile("First published", profile.first_publish_year === null ? "–" : `${profile.first_publish_year}–${profile.last_publish_year}`),
    tile("Books per active year", average(profile.average_books_per_active_year)),
    tile("Per year from first to last", average(profile.average_books_per_career_year)),
  );
  byId("author-books-title").textContent = books.length < profile.book_count
    ? `The ${books.length} books with the most editions, of ${number.format(profile.book_count)}` : "Books";
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  const years = rows("report_author_profile_years", key);
  chart("chart-profile", "profile", yearColumns(years, 1), `Books per year of ${profile.author_name ?? key.replace("/authors/", "")}`, { columns: true });
  table(byId("table-profile"), "The author's books", [
    DOUBTED_TITLE, DOUBTED_YEAR, { title: "Editions", of: (row) => row.edition_count, number: true },
  ], books, { total: profile.book_count, mart: "author_books" });
}

// --- streaming -------------------------------------------------------------------------------------

function showStreaming() {
  const days = rows("report_streams_per_day").map((row) => ({ day: `${row.started_on}T00:00`, streams: row.stream_count }));
  absent("days", days.length ? null : "No streams received yet.");
  chart("chart-days", "days", days, "Streams per day");
  showGroups("ratings", rows("report_ratings"), "stars", (row) => `${row.rating} of 5`, "reviews", (row) => row.review_count);

  const movies = rows("report_movies");
  absent("movies", movies.length ? null : "No movies received yet.");
  const bars = unique(movies.slice(0, 15).filter((row) => row.stream_count), (row) => row.movie_title)
    .map(([movie, row]) => ({ movie, streams: row.stream_count, text: number.format(row.stream_count) }));
  chart("chart-movies", "movies", bars, "The movies with the most streams", { lines: bars.length });
  const rating = { title: "Rating", of: (row) => row.average_rating, number: true,
    show: (row) => row.average_rating === null ? "–" : decimal.format(row.average_rating) };
  table(byId("table-movies"), "Movies", [
    { title: "Movie", of: (row) => row.movie_title,
      show: (row) => row.is_in_catalogue ? row.movie_title : `${row.movie_title} (not in the catalogue)` },
    { title: "Streams", of: (row) => row.stream_count, number: true },
    { title: "Users", of: (row) => row.user_count, number: true, wide: true },
    { title: "Hours", of: (row) => row.watched_hours, number: true, wide: true, show: (row) => number.format(Math.round(row.watched_hours)) },
    rating,
    { title: "Reviews", of: (row) => row.review_count, number: true, wide: true },
  ], movies, { total: movies[0]?.movie_count, mart: "movie_stream_summary" });

  const based = rows("report_movie_books");
  absent("movie-books", based.length ? null : "No review names a book.");
  table(byId("table-movie-books"), "Movies based on books", [
    { title: "Movie", of: (row) => row.movie_title },
    { title: "Book", of: (row) => row.book_title },
    { title: "Author", of: (row) => row.author_name, wide: true },
    rating,
    { title: "Open Library", of: (row) => row.book_key ? row.match_class : null, wide: true,
      show: (row) => row.book_key ? openLibrary(row.book_key, row.is_match ? "the book" : row.match_class) : "–" },
  ], based, { total: based[0]?.movie_book_count, mart: "movie_books" });
}

// --- how old the data is ---------------------------------------------------------------------------

const DAY = 86_400_000;
const day = (time) => new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

function ago(days) {
  return days < 1 ? "today" : days < 2 ? "yesterday" : `${number.format(Math.floor(days))} days ago`;
}

const MARKS = [["good", "✓", "good"], ["note", "i", "note"], ["care", "!", "care"], ["bad", "✕", "bad"]];
const VERDICTS = { 0: "These numbers can be trusted", 2: "Use these numbers with care", 3: "Do not rely on these numbers" };

const DUMP = "open_library_dump";
const days = (time) => (Date.now() - Date.parse(time)) / DAY;

// 3 is stale, 2 is old, 0 is neither. A dump is as old as the day that it is of, however late it was loaded.
function ageLevel(load) {
  const [warn, error] = freshFor[load.dataset] ?? freshFor.subject_works;
  const loaded = days(load.completed_at);
  return error && loaded > error ? 3 : warn && Math.max(loaded, load.dumped_at ? days(load.dumped_at) : 0) > warn ? 2 : 0;
}

// One finding for each degree of age among the loads of a domain.
function ageFindings(domain, loads) {
  const aged = loads.map((load) => (
    { name: load.subject ?? load.dataset, days: days(load.completed_at), level: ageLevel(load) }));
  return [3, 2, 0].flatMap((level) => {
    const some = aged.filter((load) => load.level === level);
    if (!some.length) return [];
    const listed = some.slice(0, 3).map((load) => `“${load.name}”`).join(", ") + (some.length > 3 ? ` and ${some.length - 3} more` : "");
    const oldest = ago(Math.max(...some.map((load) => load.days)));
    const newest = ago(Math.min(...some.map((load) => load.days)));
    const when = oldest === newest ? oldest : `from ${oldest} to ${newest}`;
    const { newest: events } = byId(`findings-${domain}`).dataset;
    return [{ domain, level, says: `${listed}: loaded ${when}${AGES[level]}${events ? `; ${events}` : ""}.` }];
  });
}

const AGES = { 0: "", 2: ", which is old", 3: ", which is stale" };

function dumpFindings(loads) {
  return loads.map((load) => {
    const level = ageLevel(load);
    const why = { 0: "", 2: ", which is old: newer books and readers are missing", 3: `, and was loaded ${ago(days(load.completed_at))}, which is stale` };
    return { domain: "catalog", level, says: `Open Library's dump is of ${day(load.dumped_at)}, ${ago(days(load.dumped_at))}${why[level]}.` };
  });
}

function judgeAge() {
  const box = byId("verdict-box");
  if (!box) return;
  let worst = Number(box.dataset.level);
  const loads = rows("report_newest_loads").filter((load) => load.completed_at);
  const found = [
    ...ageFindings("catalog", loads.filter((load) => load.subject)),
    ...dumpFindings(loads.filter((load) => load.dataset === DUMP)),
    ...ageFindings("store", loads.filter((load) => load.dataset === "store")),
    ...ageFindings("streaming", loads.filter((load) => !load.subject && load.dataset !== "store" && load.dataset !== DUMP)),
  ];
  for (const { domain, level, says } of found) {
    const [name, sign, word] = MARKS[level];
    const list = byId(`findings-${domain}`).querySelector("ul");
    const item = element("li", { class: name }, element("span", { class: "mark", "aria-hidden": "true" }, sign),
      element("span", {}, element("span", { class: "hidden" }, `${word}: `), element("span", { class: "says" }, says)));
    const better = [...list.children].find((other) => MARKS.findIndex(([mark]) => other.classList.contains(mark)) < level);
    list.insertBefore(item, better ?? null);
    worst = Math.max(worst, level);
  }
  const [name, sign] = MARKS[worst];
  box.className = `verdict ${name}`;
  box.querySelector(".mark").textContent = sign;
  byId("verdict").textContent = VERDICTS[worst];
  const all = [...document.querySelectorAll(".findings li")];
  const grave = all.filter((item) => item.matches(".care, .bad"));
  const gravest = grave.find((item) => item.matches(".bad")) ?? grave[0];
  byId("verdict-why").textContent = gravest
    ? `${grave.length} ${grave.length === 1 ? "reason" : "reasons, the first"}: ${gravest.querySelector(".says").textContent}`
    : `${all.length} findings, none of them a concern.`;
  const time = document.querySelector("time");
  if (time) byId("age").textContent = `, ${ago((Date.now() - Date.parse(time.dateTime)) / DAY)}`;
}

// --- light and dark --------------------------------------------------------------------------------

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function colour(choice) {
  const scheme = choice ?? (prefersDark.matches ? "dark" : "light");
  document.documentElement.classList.toggle("dark", scheme === "dark"); // DataTables' own name
  document.documentElement.classList.toggle("light", scheme === "light");
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === scheme));
  }
}

let chosen;
for (const button of document.querySelectorAll("[data-theme-choice]")) {
  button.addEventListener("click", () => colour(chosen = button.dataset.themeChoice));
}
prefersDark.addEventListener("change", () => chosen || colour());
colour();

// --- start -----------------------------------------------------------------------------------------

judgeAge();
for (const made of document.querySelectorAll("table.data")) {
  const texts = (row) => [...row.cells].map((shown) => shown.innerText.trim());
  const [header, ...lines] = [...made.rows].map(texts);
  made.after(downloadButton(made.getAttribute("aria-label"), header, () => lines));
  new DataTable(made, {
    ...options(made.tBodies[0].rows.length),
    columnDefs: [{ targets: "wide", visible: !phone.matches }],
  });
}
if (byId("implausible")) {
  const data = rows("report_implausible_years");
  const all = [true, false].map((counted) => data.find((row) => row.is_counted === counted)?.book_count ?? 0);
  table(byId("implausible"), "Years that look wrong", [
    TITLE,
    { title: "Year as reported", of: (row) => row.first_publish_year_reported, show: (row) => row.first_publish_year_reported, number: true },
    { title: "Why it looks wrong", of: (row) => row.doubt },
    { title: "Counted", of: (row) => row.is_counted ? "yes" : "no", short: true, wide: true },
    { title: "Editions", of: (row) => row.edition_count, number: true, wide: true },
  ], data, { total: all[0] + all[1] });
}
if (byId("scope")) {
  const choose = () => {
    const scope = byId("scope").value;
    offerLanguages([...rows("report_books", scope), ...rows("report_books_to_add", scope)]);
    if (byId("add")) showShop(scope);
    compare(scope, byId("other-scope")?.value);
    showScope(scope);
  };
  const narrow = () => {
    const scope = byId("scope").value;
    if (byId("add")) showBooksToAdd(rows("report_books_to_add", scope), rows("report_shop").find((row) => row.scope === scope));
    showBooks(scope, rows("report_scopes").find((row) => row.scope === scope));
  };
  for (const id of ["scope", "other-scope"]) byId(id)?.addEventListener("change", choose);
  for (const id of ["language", "year-from", "year-to"]) byId(id).addEventListener("change", narrow);
  byId("choice").addEventListener("submit", (event) => event.preventDefault());
  byId("to-add-copy")?.addEventListener("click", () => copy(listing().map((row) => orderIn(row, chosenLanguage()).isbn)));
  choose();
  addEventListener("hashchange", showAuthor);
  byId("author").addEventListener("close", () => {
    if (location.hash.startsWith("#author=")) history.replaceState(null, "", location.pathname + location.search);
  });
  showAuthor();
}
if (byId("streaming")) showStreaming();
