// SPDX-License-Identifier: ISC
// Looks at pages with a real browser: node look.js OUT NAME=FILE...
//
// For each page: what axe-core finds against WCAG 2.1 A and AA, at the width
// of a desk and of a phone; every request that leaves the file itself; whether
// anything sticks out to the right; a picture at both widths, and what a
// printer would get as PDF. All of it into OUT, the findings into
// OUT/findings.json. Exit 1 when there is a finding.
//
// Chromium is driven through its own pipe (--remote-debugging-pipe), so no
// port is opened and no library is needed for it.
"use strict";
const { spawn } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const url = require("url");

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const widths = { desk: [1280, 900, false], phone: [360, 740, true] };

class Browser {
	constructor(program) {
		this.home = fs.mkdtempSync(path.join(os.tmpdir(), "hvw-"));
		this.process = spawn(program, ["--headless=new",
		    "--remote-debugging-pipe", "--no-sandbox",
		    "--disable-gpu", "--disable-dev-shm-usage",
		    "--no-first-run", "--disable-extensions",
		    "--disable-background-networking",
		    "--disable-component-update", "--hide-scrollbars",
		    "--user-data-dir=" + this.home],
		{ stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
		this.next = 1;
		this.waiting = new Map();
		this.on = () => {};
		this.rest = "";
		this.process.stdio[4].on("data", (data) => this.take(data));
		this.process.on("exit", () => {
			for (const w of this.waiting.values())
				w.no(new Error("chromium ended"));
		});
	}
	take(data) {
		const parts = (this.rest + data).split("\0");
		this.rest = parts.pop();
		for (const part of parts) {
			const m = JSON.parse(part);
			const w = this.waiting.get(m.id);
			if (!w) {
				this.on(m);
				continue;
			}
			this.waiting.delete(m.id);
			if (m.error)
				w.no(new Error(w.method + ": " + m.error.message));
			else
				w.yes(m.result);
		}
	}
	send(method, params = {}, sessionId = undefined) {
		const id = this.next++;
		this.process.stdio[3].write(
		    JSON.stringify({ id, method, params, sessionId }) + "\0");
		return new Promise((yes, no) =>
		    this.waiting.set(id, { yes, no, method }));
	}
	async close() {
		const gone = new Promise((yes) => this.process.on("exit", yes));
		await this.send("Browser.close").catch(() => {});
		await gone;
		fs.rmSync(this.home, { recursive: true, force: true });
	}
}

async function openPage(browser, file, width, requests) {
	const { targetId } = await browser.send("Target.createTarget",
	    { url: "about:blank" });
	const { sessionId } = await browser.send("Target.attachToTarget",
	    { targetId, flatten: true });
	const page = (method, params) => browser.send(method, params, sessionId);
	const wanted = url.pathToFileURL(file).href;
	const loaded = new Promise((yes) => {
		browser.on = (m) => {
			if (m.method === "Page.loadEventFired")
				yes();
			if (m.method !== "Fetch.requestPaused")
				return;
			const asked = m.params.request.url;
			const own = asked === wanted;
			if (!own)
				requests.push(asked);
			page(own ? "Fetch.continueRequest" : "Fetch.failRequest",
			    own ? { requestId: m.params.requestId } :
				{ requestId: m.params.requestId,
				    errorReason: "Aborted" });
		};
	});
	await page("Page.enable");
	await page("Runtime.enable");
	await page("Fetch.enable", { patterns: [{ urlPattern: "*" }] });
	await page("Emulation.setDeviceMetricsOverride", { width: width[0],
	    height: width[1], deviceScaleFactor: 1, mobile: width[2] });
	await page("Page.navigate", { url: wanted });
	await loaded;
	page.close = () => browser.send("Target.closeTarget", { targetId });
	return page;
}

async function evaluate(page, expression) {
	const r = await page("Runtime.evaluate",
	    { expression, awaitPromise: true, returnByValue: true });
	if (r.exceptionDetails)
		throw new Error(r.exceptionDetails.exception.description);
	return r.result.value;
}

// What the accessibility checker finds, a line each.
async function violations(page) {
	await evaluate(page, axe + "; true");
	return evaluate(page, `axe.run(document, { runOnly: ["wcag2a", "wcag2aa",
	    "wcag21a", "wcag21aa", "best-practice"] }).then((r) =>
	    r.violations.concat(r.incomplete.filter((v) =>
		v.id !== "color-contrast")).map((v) => v.id + ": " +
		v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join("; ")))`);
}

// The page from its top, in pictures that can be looked at: name-1.png, ...
async function pictures(page, width, name) {
	const { cssContentSize } = await page("Page.getLayoutMetrics");
	const step = 2000;
	for (let i = 0; i < 4 && i * step < cssContentSize.height; i++) {
		const height = Math.min(step,
		    Math.ceil(cssContentSize.height) - i * step);
		const { data } = await page("Page.captureScreenshot",
		    { format: "png", captureBeyondViewport: true,
			clip: { x: 0, y: i * step, width: width[0], height,
			    scale: 1 } });
		fs.writeFileSync(`${name}-${i + 1}.png`,
		    Buffer.from(data, "base64"));
	}
}

async function look(browser, out, name, file) {
	const found = [];
	for (const [kind, width] of Object.entries(widths)) {
		const requests = [];
		const page = await openPage(browser, file, width, requests);
		await pictures(page, width, path.join(out, `${name}-${kind}`));
		const wide = await evaluate(page,
		    "document.documentElement.scrollWidth - innerWidth");
		if (wide > 0)
			found.push(`${name} ${kind}: ${wide} px too wide`);
		for (const r of requests)
			found.push(`${name} ${kind}: asks for ${r}`);
		for (const v of await violations(page))
			found.push(`${name} ${kind}: ${v}`);
		if (kind === "desk") {
			const { data } = await page("Page.printToPDF",
			    { preferCSSPageSize: true, printBackground: false });
			fs.writeFileSync(path.join(out, `${name}.pdf`),
			    Buffer.from(data, "base64"));
		}
		await page.close();
	}
	return found;
}

async function main() {
	const [out, ...pages] = process.argv.slice(2);
	const browser = new Browser(process.env.CHROMIUM || "chromium");
	const found = [];
	try {
		for (const p of pages) {
			const at = p.indexOf("=");
			found.push(...await look(browser, out, p.slice(0, at),
			    path.resolve(p.slice(at + 1))));
		}
	} finally {
		await browser.close();
	}
	fs.writeFileSync(path.join(out, "findings.json"),
	    JSON.stringify(found, null, 1) + "\n");
	for (const f of found)
		console.log(f);
	process.exitCode = found.length > 0 ? 1 : 0;
}

main().catch((e) => {
	console.error(e.message);
	process.exitCode = 2;
});
