// SPDX-License-Identifier: Apache-2.0
// Checks a notice on the reader's own device. What is fetched: notice.json, and the one file of digests that a
// code's prefix names. The code itself, and what stands behind `#`, are never sent.
"use strict";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SIGNED_AS = "tocsin notice 1\n";
const encode = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function readCode(typed) {
  const code = typed.toUpperCase().replace(/[\s\u2010\u2011\u2013-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  if (code.length !== 16 || [...code].some((one) => !ALPHABET.includes(one))) return null;
  let total = 0;
  [...code.slice(0, -1)].reverse().forEach((one, place) => {
    const value = ALPHABET.indexOf(one) * (place % 2 ? 1 : 2);
    total += Math.floor(value / 32) + (value % 32);
  });
  return ALPHABET[(32 - (total % 32)) % 32] === code[15] ? code : null;
}

function readProof(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
    const fields = new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(64)).split("\n");
    if (fields.length !== 6) return null;
    const [code, caseId, issuer, date, phone, email] = fields;
    return { code, case: caseId, issuer, date, phone, email, fields, signature: bytes.slice(0, 64) };
  } catch {
    return null;
  }
}

async function holds(keyHex, message, signature) {
  const key = await crypto.subtle.importKey("raw", unhex(keyHex), { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, encode(message));
}

async function fetched(name) {
  const response = await fetch(name, { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" });
  if (!response.ok) throw new Error(name);
  return response.text();
}

async function readHead() {
  const sealed = JSON.parse(await fetched("notice.json"));
  const head = JSON.parse(sealed.signed);
  if (!(await holds(head.key, sealed.signed, unhex(sealed.signature)))) throw new Error("notice.json");
  return head;
}

async function isListed(head, code) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encode(`${head.case}\0${code}`)));
  const digest = hex(hash).slice(0, 24);
  const prefix = parseInt(digest.slice(0, 4), 16) >> (16 - head.prefix_bits);
  const name = prefix.toString(16).padStart(Math.ceil(head.prefix_bits / 4), "0");
  return (await fetched(`codes/${name}`)).split("\n").includes(digest);
}

async function check(typed, fragment) {
  const head = await readHead();
  if (fragment) {
    const proof = readProof(fragment);
    const told = proof && (await holds(head.key, SIGNED_AS + [...proof.fields, head.page].join("\n"), proof.signature));
    if (!told || !(await isListed(head, proof.code))) return { verdict: "altered" };
    return { verdict: "genuine", issuer: { ...proof, page: head.page } };
  }
  const code = readCode(typed);
  if (code === null) return { verdict: "not_a_code" };
  return (await isListed(head, code)) ? { verdict: "genuine", issuer: head } : { verdict: "unknown" };
}

function show({ verdict, issuer }) {
  for (const one of document.querySelectorAll("[data-verdict]")) one.hidden = one.dataset.verdict !== verdict;
  for (const one of document.querySelectorAll("[data-field]")) {
    one.textContent = issuer?.[one.dataset.field] ?? "";
    one.hidden = one.previousElementSibling.hidden = !one.textContent;
  }
  document.getElementById("issuer").hidden = !issuer;
  const answer = document.getElementById("answer");
  answer.dataset.shown = verdict;
  answer.hidden = false;
}

async function run(typed, fragment) {
  try {
    show(await check(typed, fragment));
  } catch {
    show({ verdict: "failed" });
  }
}

document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run(document.getElementById("code").value, "");
});
if (location.hash.length > 1) {
  const fragment = location.hash.slice(1);
  history.replaceState(null, "", location.pathname); // the proof is not left in the address bar or the history
  run("", fragment);
}
