import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlOf } from "../../../src/report/picture/html.js";
import { layOut } from "../../../src/report/picture/layout.js";
import { chain, pictureOfScript } from "../../support/pictures.js";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (file) => existsSync(file),
);

/** One browser for all pages; a test that says why it is skipped where there is none. */
if (executablePath === undefined)
  describe("the page", () => {
    it("works in a browser", ({ skip }) => skip("there is no Chromium on this machine"));
  });
else describe("the page in Chromium", () => inBrowser(executablePath));

function inBrowser(executablePath: string) {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking"];
  const args = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    ...quiet,
    "--disable-component-update",
    "--disable-sync",
  ];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "autograd-"));
    browser = await chromium.launch({ executablePath, args });
    page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The page of a script, opened; what it complains of, and what it asks for besides itself. */
  async function open(script: string): Promise<{ complaints: string[]; requests: string[] }> {
    const { picture } = pictureOfScript(script, { title: "script.ag" });
    const file = path.join(folder, `${Math.random()}.html`);
    writeFileSync(file, htmlOf(picture, await layOut(picture, {}), {}));
    page.removeAllListeners();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    const url = pathToFileURL(file).href;
    page.on("request", (request) => {
      if (request.url() !== url && !request.url().startsWith("data:")) requests.push(request.url());
    });
    await page.goto(url);
    return { complaints, requests };
  }

  /** The box with this name. */
  const box = (name: string) => page.locator(`.box:has(.name:text-is("${name}"))`);
  const namesWith = (className: string) =>
    page
      .locator(`.box.${className} .title`)
      .evaluateAll((titles) => titles.map((title) => title.textContent));

  it("loads without complaints and asks for nothing else", async () => {
    const { complaints, requests } = await open(chain);
    expect(await page.title()).toBe("Computation graph of script.ag");
    expect(await page.locator(".box").count()).toBe(7);
    expect([complaints, requests]).toEqual([[], []]);
  });

  it("shows shape, value, sum_grad and source line of the box under the pointer, or with the focus", async () => {
    await open(chain);
    const card = page.locator("#card");
    expect(await card.isVisible()).toBe(false);
    await box("z").hover();
    expect(await card.locator(".field-value").textContent()).toBe("6");
    expect(await card.locator(".field-sum_grad").textContent()).toBe("1.2935");
    expect(await card.locator(".field-shape").textContent()).toBe("scalar");
    expect(await card.locator(".field-line").textContent()).toBe("script.ag:1");
    expect(await card.locator(".source").textContent()).toBe("f(x, y) = x * y");
    await page.mouse.move(5, 5);
    expect(await card.isVisible()).toBe(false);
    await page.locator("#zoom-fit").focus();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    expect(await card.locator("h2").textContent()).toBe("w");
  });

  it("highlights what a box depends on and what depends on it", async () => {
    await open(chain);
    await box("v").click();
    expect(await namesWith("up")).toEqual(["x", "y", "z = f(x, y) = x * y"]);
    expect(await namesWith("down")).toEqual(["log(v)", "w = u + log(v)"]);
    expect(await page.locator(".edge.up").count()).toBe(3);
    expect(await page.locator("#selection").textContent()).toBe(
      "v depends on x, y, z; on it depends log(v), w.",
    );
    await page.keyboard.press("Escape");
    expect(await namesWith("up")).toEqual([]);
  });

  it("plays the passes to the end, values and sum_grads as they become known", async () => {
    const { complaints } = await open(chain);
    const says = page.locator("#says");
    const grad = (name: string) => box(name).locator(".grad");
    await page.locator("#first").click();
    expect(await box("z").locator(".value").isVisible()).toBe(false);
    const seen: (string | null)[] = [];
    for (let step = 0; step < 17; step++) {
      await page.keyboard.press("ArrowRight");
      seen.push(await says.textContent());
      if (step === 3) expect(await box("z").locator(".value").isVisible()).toBe(true);
      if (step === 3) expect(await grad("z").isVisible()).toBe(false);
      if (seen.at(-1)!.startsWith("sum_grad(z) ="))
        expect(await grad("z").textContent()).toBe("sum_grad 0.33333");
    }
    expect(seen[3]).toBe("z = f(x, y) = x * y = 6");
    expect(seen).toContain("sum_grad(z) += sum_grad(u) × ∂u/∂z = 1 × cos(z) = 0.96017, together 1.2935");
    expect(await page.locator("#count").textContent()).toBe("backward: step 17 of 17");
    expect(await grad("x").textContent()).toBe("sum_grad 3.8805");
    await page.locator("#back").click();
    expect(await page.locator(".edge.active").count()).toBe(1);
    await page.locator("#first").click();
    await page.locator("#play").click();
    expect(await page.locator("#play").textContent()).toBe("Pause");
    await expect.poll(() => page.locator("#count").textContent()).toMatch(/^forward: step 1 /);
    await page.locator("#play").click();
    expect(await page.locator("#play").textContent()).toBe("Play");
    expect(complaints).toEqual([]);
  });

  it("zooms around the pointer, pans, and shows everything again", async () => {
    await open(chain);
    const transform = () => page.locator("#viewport").getAttribute("transform");
    const fitted = await transform();
    const before = (await box("z").boundingBox())!;
    await page.mouse.move(before.x, before.y);
    await page.mouse.wheel(0, -300);
    await expect.poll(transform).not.toBe(fitted);
    const after = (await box("z").boundingBox())!;
    expect(after.width / before.width).toBeCloseTo(Math.exp(0.45), 1);
    expect([Math.abs(after.x - before.x) < 3, Math.abs(after.y - before.y) < 3]).toEqual([true, true]);
    await page.mouse.move(20, 400);
    await page.mouse.down();
    await page.mouse.move(70, 430, { steps: 4 });
    await page.mouse.up();
    const moved = (await box("z").boundingBox())!;
    expect([moved.x - after.x, moved.y - after.y].map(Math.round)).toEqual([50, 30]);
    await page.keyboard.press("0");
    expect(await transform()).toBe(fitted);
  });

  it("has a backward pass for each output", async () => {
    await open("x = 3\na = x^2\nb = 5 * x");
    expect(await box("x").locator(".grad").textContent()).toBe("sum_grad 6");
    await page.locator("#pass").selectOption({ label: "b" });
    expect(await box("x").locator(".grad").textContent()).toBe("sum_grad 5");
  });

  it("reads what a user wrote as text", async () => {
    const { complaints, requests } = await open(
      'x = 2  # </script><script>window.broken = 1</script><img src="http://example.invalid/x.png">\ny = x^2',
    );
    await box("x").hover();
    expect(await page.locator("body").evaluate((body) => "broken" in body.ownerDocument.defaultView)).toBe(
      false,
    );
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("#card .source").textContent()).toContain("</script><script>window.broken");
    expect([complaints, requests]).toEqual([[], []]);
  });

  it("is drawn in the colours of a dark screen", async () => {
    await open(chain);
    const paper = () =>
      page
        .locator("body")
        .evaluate((body) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor);
    await page.emulateMedia({ colorScheme: "light" });
    const light = await paper();
    await page.emulateMedia({ colorScheme: "dark" });
    expect([light, await paper()]).toEqual(["rgb(255, 255, 255)", "rgb(18, 22, 28)"]);
  });
}
