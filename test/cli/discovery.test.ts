import { describe, expect, it } from "vitest";
import { findBrowser, findBrowsers } from "../../src/cli/browsers.ts";
import {
  findCompiler,
  findDriver,
  findLoader,
  findSwiftshader,
  findVulkanHeaders,
} from "../../src/cli/vulkan.ts";
import { fakeHost } from "../support/fake-host.ts";

describe("findBrowser", () => {
  it("finds a command on Linux's PATH", () => {
    const host = fakeHost({ files: ["/usr/bin/chromium", "/usr/bin/microsoft-edge"] });
    expect(findBrowsers(host)).toEqual([
      { name: "Chromium", path: "/usr/bin/chromium" },
      { name: "Edge", path: "/usr/bin/microsoft-edge" },
    ]);
  });

  it("finds Chrome on Linux without a command", () => {
    expect(findBrowser(fakeHost({ files: ["/opt/google/chrome/chrome"] }))).toBe(
      "/opt/google/chrome/chrome",
    );
  });

  it("finds a macOS application for one user or for all", () => {
    const chrome = "/Users/ada/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    const edge = "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge";
    const host = fakeHost({ platform: "darwin", home: "/Users/ada", files: [edge, chrome] });
    expect(findBrowsers(host).map(({ path }) => path)).toEqual([chrome, edge]);
  });

  it("finds a Windows program under any of the three folders", () => {
    const chrome = "C:\\Users\\ada\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe";
    const edge = "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe";
    const host = fakeHost({
      platform: "win32",
      env: {
        PROGRAMFILES: "C:\\Program Files",
        "PROGRAMFILES(X86)": "C:\\Program Files (x86)",
        LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local",
      },
      files: [chrome, edge],
    });
    expect(findBrowsers(host).map(({ path }) => path)).toEqual([chrome, edge]);
  });

  it("takes CHROME_PATH first and names it once", () => {
    const host = fakeHost({
      env: { CHROME_PATH: "/usr/bin/chromium" },
      files: ["/usr/bin/google-chrome", "/usr/bin/chromium"],
    });
    expect(findBrowsers(host).map(({ path }) => path)).toEqual([
      "/usr/bin/chromium",
      "/usr/bin/google-chrome",
    ]);
  });

  it("refuses a CHROME_PATH that leads nowhere", () => {
    const host = fakeHost({ env: { CHROME_PATH: "/nowhere" }, files: ["/usr/bin/chromium"] });
    expect(() => findBrowser(host)).toThrow("CHROME_PATH names /nowhere");
  });

  it("finds none where there is none", () => {
    expect(findBrowser(fakeHost({}))).toBeUndefined();
  });
});

describe("findDriver", () => {
  it("takes the manifest for this processor", () => {
    const folder = "/usr/share/vulkan/icd.d";
    const files = [`${folder}/lvp_icd.i686.json`, `${folder}/lvp_icd.x86_64.json`];
    expect(findDriver(fakeHost({ files }), "lvp")).toBe(`${folder}/lvp_icd.x86_64.json`);
    expect(findDriver(fakeHost({ files, arch: "arm64" }), "lvp")).toBeUndefined();
  });

  it("takes newer Mesa's name, and the user's folders before the system's", () => {
    const system = "/usr/share/vulkan/icd.d/radeon_icd.json";
    const own = "/home/ada/.local/share/vulkan/icd.d/radeon_icd.json";
    expect(findDriver(fakeHost({ files: [system] }), "radeon")).toBe(system);
    expect(findDriver(fakeHost({ files: [system, own] }), "radeon")).toBe(own);
  });

  it("looks in /usr/share whatever XDG_DATA_DIRS says", () => {
    const files = ["/usr/share/vulkan/icd.d/lvp_icd.json"];
    const host = fakeHost({ env: { XDG_DATA_DIRS: "/opt/desktop/share" }, files });
    expect(findDriver(host, "lvp")).toBe(files[0]);
  });
});

describe("findSwiftshader", () => {
  it("looks beside the program that a command links to, and takes the loader there", () => {
    const folder = "/opt/beta/chrome";
    const host = fakeHost({
      links: { "/usr/bin/google-chrome": `${folder}/google-chrome` },
      files: [`${folder}/vk_swiftshader_icd.json`, `${folder}/libvulkan.so.1`],
    });
    expect(findSwiftshader(host)).toEqual({
      manifest: `${folder}/vk_swiftshader_icd.json`,
      loader: `${folder}/libvulkan.so.1`,
    });
  });

  it("knows where Debian's chromium keeps it, behind a wrapper script", () => {
    const manifest = "/usr/lib/chromium/vk_swiftshader_icd.json";
    const host = fakeHost({ files: ["/usr/bin/chromium", manifest] });
    expect(findSwiftshader(host)).toEqual({ manifest });
  });

  it("is for Linux only", () => {
    const files = ["/usr/lib/chromium/vk_swiftshader_icd.json"];
    expect(findSwiftshader(fakeHost({ platform: "darwin", files }))).toBeUndefined();
  });
});

describe("the other parts", () => {
  it("finds the loader by processor and by LD_LIBRARY_PATH", () => {
    const arm = "/usr/lib/aarch64-linux-gnu/libvulkan.so.1";
    expect(findLoader(fakeHost({ files: [arm] }))).toBeUndefined();
    expect(findLoader(fakeHost({ files: [arm], arch: "arm64" }))).toBe(arm);
    const own = fakeHost({ env: { LD_LIBRARY_PATH: ":/opt/v" }, files: ["/opt/v/libvulkan.so.1"] });
    expect(findLoader(own)).toBe("/opt/v/libvulkan.so.1");
  });

  it("prefers the compiler that CC names", () => {
    const files = ["/usr/bin/cc", "/usr/bin/clang-19", "/opt/tcc"];
    expect(findCompiler(fakeHost({ files }))).toBe("/usr/bin/cc");
    expect(findCompiler(fakeHost({ files, env: { CC: "clang-19" } }))).toBe("/usr/bin/clang-19");
    expect(findCompiler(fakeHost({ files, env: { CC: "/opt/tcc" } }))).toBe("/opt/tcc");
  });

  it("finds Vulkan's headers in an SDK or the system", () => {
    const files = ["/usr/include/vulkan/vk_layer.h", "/opt/sdk/include/vulkan/vk_layer.h"];
    expect(findVulkanHeaders(fakeHost({ files }))).toBe("/usr/include");
    const host = fakeHost({ files, env: { VULKAN_SDK: "/opt/sdk" } });
    expect(findVulkanHeaders(host)).toBe("/opt/sdk/include");
  });
});
