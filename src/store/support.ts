/** Why the engine cannot run here, and what the user of this browser can do. */
export interface Lack {
  readonly kind: "insecure" | "no-webgpu" | "refused";
  readonly title: string;
  readonly sentence: string;
  readonly steps: readonly string[];
}

export interface BrowserFacts {
  readonly secure: boolean;
  readonly hasWebGpu: boolean;
  /** What requestAdapter() gave. */
  readonly hasAdapter: boolean;
  readonly userAgent: string;
  readonly address: string;
}

export type BrowserName = "Chrome" | "Edge" | "Firefox" | "Safari" | "other";

export function lackOf(facts: BrowserFacts): Lack | null {
  const { secure, hasWebGpu, hasAdapter, userAgent, address } = facts;
  if (!secure) return insecure(address);
  if (!hasWebGpu) return noWebGpu(userAgent);
  return hasAdapter ? null : refused(userAgent);
}

export function browserName(userAgent: string): BrowserName {
  // The order matters: Edge calls itself Chrome too, and Chrome calls itself Safari.
  if (/Edg\//.test(userAgent)) return "Edge";
  if (/Firefox\//.test(userAgent)) return "Firefox";
  if (/Chrom(e|ium)\//.test(userAgent)) return "Chrome";
  return /Safari\//.test(userAgent) ? "Safari" : "other";
}

function insecure(address: string): Lack {
  const { protocol, hostname, port, pathname } = new URL(address);
  return {
    kind: "insecure",
    title: "This address is not secure",
    sentence: `Browsers offer WebGPU on https and on localhost only, and this page came over ${protocol.replace(":", "")} from ${hostname || "a file"}.`,
    steps: [
      ...(protocol === "http:" ? [`Open https://${hostname}${pathname} instead.`] : []),
      `Or serve the page on your own machine and open http://localhost${port ? `:${port}` : ""}/.`,
    ],
  };
}

function noWebGpu(userAgent: string): Lack {
  return {
    kind: "no-webgpu",
    title: "This browser has no WebGPU",
    sentence:
      "Bitdial runs the model on your GPU through WebGPU, which this browser does not offer.",
    steps: {
      Chrome: [
        "Update Chrome: WebGPU is on from version 113 (Android: 121).",
        "On Linux, open chrome://flags/#enable-unsafe-webgpu, choose Enabled and restart.",
      ],
      Edge: [
        "Update Edge: WebGPU is on from version 113.",
        "On Linux, open edge://flags/#enable-unsafe-webgpu, choose Enabled and restart.",
      ],
      Firefox: [
        "Update Firefox: WebGPU is on from version 141 on Windows and 145 on macOS.",
        "Elsewhere, open about:config, set dom.webgpu.enabled to true and restart, or use Chrome.",
      ],
      Safari: ["Update to Safari 26, which comes with macOS 26, iOS 26 and iPadOS 26."],
      other: ["Open this page in a current Chrome, Edge, Firefox or Safari."],
    }[browserName(userAgent)],
  };
}

function refused(userAgent: string): Lack {
  const name = browserName(userAgent);
  const scheme = name === "Edge" ? "edge" : "chrome";
  return {
    kind: "refused",
    title: "The browser refused a GPU",
    sentence: "WebGPU is here, but the browser gave no adapter: it found no GPU it trusts.",
    steps: {
      Chrome: chromiumSteps(scheme),
      Edge: chromiumSteps(scheme),
      Firefox: [
        "Update the graphics driver and restart Firefox.",
        "Open about:support and read the line WebGPU under Graphics: it says what blocks it.",
      ],
      Safari: ["Restart Safari; in private or lockdown mode WebGPU is off."],
      other: ["Update the graphics driver and the browser, then restart it."],
    }[name],
  };
}

function chromiumSteps(scheme: string): string[] {
  return [
    `Open ${scheme}://settings/system and switch graphics acceleration on.`,
    `Open ${scheme}://gpu: the line WebGPU says what blocks it. A driver update often helps.`,
    `Without a GPU, ${scheme}://flags/#enable-unsafe-webgpu allows a software adapter: slow, but it runs.`,
  ];
}
