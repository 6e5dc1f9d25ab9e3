// Builds, loads, edits and asks one peer: node scripted.cjs PACKAGE NODE_MODULES FOLDER EDITED.
// FOLDER holds records.jsonl and questions.json. Prints JSON; times are CPU milliseconds.
"use strict";

const fs = require("fs");
const path = require("path");
const zlib = require("zlib");

const [name, modules, folder, edited] = process.argv.slice(2);
const FIELDS = ["identifier", "title", "object_type", "material", "ethnic_group", "date",
  "description"];
const SHOWN = 10;
const records = fs.readFileSync(path.join(folder, "records.jsonl"), "utf8").split("\n")
  .map((line) => JSON.parse(line));
const questions = JSON.parse(fs.readFileSync(path.join(folder, "questions.json"), "utf8"));

function taken(deed) {
  const before = process.cpuUsage();
  const result = deed();
  const used = process.cpuUsage(before);
  return [result, (used.user + used.system) / 1000];
}

// As _includes/js/lunr-js.html and assets/js/lunr-store.js of CollectionBuilder-CSV: the page gets
// every record and makes the index; what is typed goes to idx.search as it is.
const lunrPeer = {
  library: path.join(modules, "lunr", "lunr.min.js"),
  file: "lunr-store.js",
  build: () => "var store = " + JSON.stringify(
    records.map((r) => Object.assign({}, r, { id: r.item_id }))) + ";",
  load: (text) => {
    const lunr = require(path.join(modules, "lunr"));
    const store = JSON.parse(text.slice("var store = ".length, -1));
    const index = lunr(function () {
      this.ref("id");
      FIELDS.forEach((field) => this.field(field));
      store.forEach((record, place) => this.add(Object.assign({}, record, { id: place })));
    });
    return { index: index, store: store };
  },
  // Nothing can be changed in it: the records are written anew.
  edit: () => lunrPeer.build(),
  ask: (loaded, text) => {
    let found = [];
    try {
      found = loaded.index.search(text);
    } catch (error) {
      if (error.name !== "QueryParseError") throw error;  // the page shows nothing then
    }
    return found.slice(0, SHOWN).map((hit) => loaded.store[hit.ref].item_id);
  },
};

const miniSearchPath = path.join(modules, "minisearch", "dist", "cjs", "index.cjs");
const options = { idField: "item_id", fields: FIELDS, storeFields: ["identifier", "title", "date"] };
const minisearchPeer = {
  library: path.join(modules, "minisearch", "dist", "umd", "index.js"),
  file: "minisearch.json",
  made: () => {
    const MiniSearch = require(miniSearchPath);
    const index = new MiniSearch(options);
    index.addAll(records);
    return index;
  },
  build: () => JSON.stringify(minisearchPeer.made()),
  load: (text) => require(miniSearchPath).loadJSON(text, options),
  edit: (text) => {
    const index = minisearchPeer.load(text);
    const step = Math.max(1, Math.floor(records.length / edited));
    for (let place = 0; place < Math.min(edited, records.length); place++) {
      index.replace(Object.assign({}, records[place * step], { object_type: "sửa lại" }));
    }
    return JSON.stringify(index);
  },
  // What its documentation proposes for a search page, with all words wanted.
  ask: (index, text) => index.search(text, { prefix: true, fuzzy: 0.2, combineWith: "AND" })
    .slice(0, SHOWN).map((hit) => hit.id),
};

const peer = { lunr: lunrPeer, minisearch: minisearchPeer }[name];
const [text, build] = taken(peer.build);
fs.writeFileSync(path.join(folder, peer.file), text);
const [, edit] = taken(() => peer.edit(text));
const [loaded, start] = taken(() => peer.load(text));
const answers = questions.map((question) => taken(() => peer.ask(loaded, question)));
process.stdout.write(JSON.stringify({
  build_ms: build,
  edit_ms: edit,
  files: 1,
  disk_bytes: Buffer.byteLength(text),
  start_bytes: zlib.gzipSync(text).length + zlib.gzipSync(fs.readFileSync(peer.library)).length,
  start_ms: start,
  hits: answers.map((answer) => answer[0]),
  query_ms: answers.map((answer) => answer[1]),
}));
