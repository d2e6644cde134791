/** A headless Chromium, driven over a pipe by its own protocol: as much of it as the tests of pages need. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium of this machine, if it has one. */
export function findChromium(): string | undefined {
  return PROGRAMS.find((name) => spawnSync(name, ['--version']).status === 0);
}

type Reply = Record<string, unknown>;

interface Message {
  readonly id?: number;
  readonly result?: Reply;
  readonly error?: Reply;
  readonly method?: string;
  readonly params?: Reply;
}

export class Browser {
  readonly #child: ChildProcess;
  readonly #profile = mkdtempSync(join(tmpdir(), 'goto-cleanup-browser-'));
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Map<string, (given: Reply) => void>();
  #calls = 0;
  #rest = '';
  #session: string | undefined;
  /** Errors of the page's script, and what its policy has stopped. */
  readonly complaints: string[] = [];
  /** Addresses that were asked for. */
  readonly requests: string[] = [];

  constructor(program: string) {
    // As root Chromium has no sandbox to offer; what it shows here is our own.
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions'];
    const argv = [...flags, '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`, 'about:blank'];
    this.#child = spawn(program, argv, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    (this.#child.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => this.#receive(chunk));
  }

  #receive(chunk: string): void {
    const messages = (this.#rest + chunk).split('\0');
    this.#rest = messages.pop() ?? '';
    for (const text of messages) {
      const message = JSON.parse(text) as Message;
      if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
      if (message.method !== undefined) this.#listeners.get(message.method)?.(message.params ?? {});
    }
  }

  #send(method: string, params: Reply = {}): Promise<Reply> {
    const id = ++this.#calls;
    const message = { id, method, params, ...(this.#session !== undefined && { sessionId: this.#session }) };
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) =>
      this.#waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(`${method}: ${JSON.stringify(error)}`)) : resolve(result ?? {}),
      ),
    );
  }

  /** Opens a page in a window of this size; resolves when it is loaded. */
  async open(url: string, width = 1400, height = 900): Promise<void> {
    this.#session = undefined;
    const { targetId } = await this.#send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      width,
      height,
    });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    this.#session = sessionId as string;
    this.#listeners.set('Runtime.exceptionThrown', (given) => this.complaints.push(JSON.stringify(given)));
    this.#listeners.set('Log.entryAdded', (given) => this.complaints.push(JSON.stringify(given)));
    this.#listeners.set('Network.requestWillBeSent', ({ request }) =>
      this.requests.push((request as { url: string }).url),
    );
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.#send(`${domain}.enable`);
    const loaded = new Promise((resolve) => this.#listeners.set('Page.loadEventFired', resolve));
    await this.#send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page. */
  async ask<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  /** Clicks on the middle of an element with the mouse. */
  async click(selector: string): Promise<void> {
    const place = `(() => { const e = document.querySelector(${JSON.stringify(selector)}); e.scrollIntoView({ block: 'center' });
      const r = e.getBoundingClientRect(); return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()`;
    const at = await this.ask<{ x: number; y: number }>(place);
    for (const type of ['mousePressed', 'mouseReleased'])
      await this.#send('Input.dispatchMouseEvent', { type, ...at, button: 'left', clickCount: 1 });
  }

  /** Types into what has the focus. */
  async type(text: string): Promise<void> {
    await this.#send('Input.insertText', { text });
  }

  /** Clicks on a link that saves something; what was saved, into an empty folder. */
  async download(selector: string, folder: string): Promise<Buffer> {
    await this.#send('Page.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
    const saved = new Promise<void>((resolve) =>
      this.#listeners.set('Page.downloadProgress', ({ state }) => {
        if (state === 'completed') resolve();
      }),
    );
    await this.click(selector);
    await saved;
    const [name = ''] = readdirSync(folder);
    return readFileSync(join(folder, name));
  }

  /** What the window shows, as PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.#send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(data as string, 'base64');
  }

  async close(): Promise<void> {
    this.#session = undefined;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await this.#send('Browser.close');
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
