// Shows the OpenAPI document of this service and sends requests to it. No library, no other host.
"use strict";

let doc;

const element = (name, text, attributes = {}) => {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  return e;
};

const resolve = (schema) =>
  schema && schema.$ref ? doc.components.schemas[schema.$ref.split("/").pop()] : schema || {};

const typeOf = (schema) => {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(" or ");
  const type = [].concat(schema.type || "anything");
  return type.map((t) => (t === "array" ? `list of ${typeOf(schema.items || {})}` : t)).join(" or ");
};

const rules = (schema) =>
  ["format", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "maxItems", "default"]
    .filter((key) => schema[key] !== undefined)
    .map((key) => `${key}: ${[].concat(schema[key]).join(", ")}`)
    .join("; ");

function table(rows) {
  const t = element("table");
  for (const [name, schema, required] of rows) {
    const tr = element("tr");
    tr.append(element("th", name + (required ? " *" : "")), element("td", typeOf(schema)),
      element("td", [schema.description, rules(schema)].filter(Boolean).join(" — ")));
    t.append(tr);
  }
  return t;
}

const members = (schema) =>
  Object.entries(schema.properties || {}).map(([name, s]) => [name, s, (schema.required || []).includes(name)]);

function schemaBlock(title, schema, depth = 0) {
  const box = element("div");
  const resolved = resolve(schema);
  box.append(element("h4", title));
  if (!resolved.properties) {
    box.append(element("p", typeOf(resolved)));
    return box;
  }
  box.append(table(members(resolved)));
  if (depth < 2) {
    for (const [name, s] of Object.entries(resolved.properties)) {
      const inner = s.items || s;
      if (inner.$ref) box.append(schemaBlock(`${title}: ${name}`, inner, depth + 1));
    }
  }
  return box;
}

function tryForm(method, path, op) {
  const form = element("form");
  const fields = [];
  for (const p of op.parameters || []) {
    const label = element("label", `${p.name} (${p.in})`);
    const input = element("input");
    label.append(input);
    form.append(label);
    fields.push([p, input]);
  }
  const body = op.requestBody && element("textarea", "{}", { rows: "5", "aria-label": "body" });
  if (body) form.append(body);
  const result = element("pre");
  result.hidden = true;
  form.append(element("button", "Send"), result);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const query = new URLSearchParams();
    let url = path;
    for (const [p, input] of fields) {
      if (p.in === "path") url = url.replace(`{${p.name}}`, encodeURIComponent(input.value));
      else if (input.value !== "") query.set(p.name, input.value);
    }
    const headers = {};
    const token = document.getElementById("token").value.trim();
    if (token && op.security) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    result.hidden = false;
    try {
      const answer = await fetch(url + (query.size ? `?${query}` : ""), { method, headers, body: body ? body.value : undefined });
      const type = answer.headers.get("Content-Type") || "";
      let text = type;
      if (type.includes("json")) text = JSON.stringify(await answer.json(), null, 2);
      else await answer.body?.cancel(); // an event stream has no end
      result.textContent = `${answer.status}\n${text}`;
    } catch (error) {
      result.textContent = String(error);
    }
  });
  return form;
}

function operation(method, path, op) {
  const details = element("details", undefined, { id: op.operationId });
  const summary = element("summary");
  summary.append(element("span", method.toUpperCase(), { class: "method" }), element("span", path, { class: "path" }),
    element("span", op.summary, { class: "what" }));
  const box = element("div");
  if (op.security) box.append(element("p", "Needs an access token of a signed-in user."));
  if (op.description) box.append(element("pre", op.description));
  if (op.parameters) {
    box.append(element("h4", "Parameters"),
      table(op.parameters.map((p) => [p.name, { description: p.description, ...p.schema }, p.required])));
  }
  const body = op.requestBody && op.requestBody.content["application/json"];
  if (body) box.append(schemaBlock("Body", body.schema));
  for (const [status, response] of Object.entries(op.responses)) {
    const content = Object.entries(response.content || {})[0];
    if (content && status < "300") box.append(schemaBlock(`Answer ${status}`, content[1].schema));
    else box.append(element("p", `${status} ${response.description}${content ? ` (${typeOf(content[1].schema)})` : ""}`));
  }
  box.append(element("h4", "Try it"), tryForm(method.toUpperCase(), path, op));
  details.append(summary, box);
  return details;
}

async function show() {
  doc = await (await fetch("/api/openapi.json")).json();
  const about = document.getElementById("about");
  about.textContent = `${doc.info.description} Version ${doc.info.version}. `;
  about.append(element("a", "OpenAPI document", { href: "/api/openapi.json" }));
  const groups = new Map();
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(item)) {
      const tag = (op.tags || ["other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operation(method, path, op));
    }
  }
  const main = document.getElementById("operations");
  for (const tag of ["signals", "config", "stats", "quota", "service"]) {
    if (groups.has(tag)) main.append(element("h2", tag), ...groups.get(tag));
  }
}

show().catch((error) => {
  document.getElementById("about").textContent = `The OpenAPI document can't be read: ${error}`;
});
