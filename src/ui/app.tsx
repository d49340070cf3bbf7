import { lazy, Suspense } from "react";
import { Banner } from "./banner.tsx";
import { Loading } from "./boot/loading.tsx";
import { Header } from "./header/header.tsx";
import { Button } from "./parts/button.tsx";
import { Guard } from "./parts/guard.tsx";
import { Playground } from "./playground.tsx";
import { useBitdial } from "./use-store.ts";

const Unsupported = lazy(async () => ({
  default: (await import("./boot/unsupported.tsx")).Unsupported,
}));
const Asking = lazy(async () => ({ default: (await import("./open/asking.tsx")).Asking }));
const Chat = lazy(async () => ({ default: (await import("./chat/chat.tsx")).Chat }));
const Lab = lazy(async () => ({ default: (await import("./sweep/lab.tsx")).Lab }));

export function App() {
  return (
    <>
      <Header />
      <Banner />
      <main id="main" tabIndex={-1} className="outline-none">
        <Guard fallback={<Broken />}>
          <Main />
        </Guard>
      </main>
    </>
  );
}

function Broken() {
  return (
    <section role="alert" className="card mx-auto mt-[8vh] max-w-md p-6">
      <h1 className="text-lg font-semibold tracking-tight">This page broke</h1>
      <p className="mt-1 mb-4 text-soft">
        A part of it could not be drawn. Your setting is in the address and comes back with it.
      </p>
      <Button look="go" onClick={() => window.location.reload()}>
        Reload
      </Button>
    </section>
  );
}

/** Lab and chat are fetched when they are first entered. */
function Room() {
  const place = useBitdial((state) => state.place);
  if (place === "playground") return <Playground />;
  return <Suspense fallback={null}>{place === "chat" ? <Chat /> : <Lab />}</Suspense>;
}

function Main() {
  const boot = useBitdial((state) => state.boot);
  const lack = useBitdial((state) => state.lack);
  switch (boot) {
    case "ready":
      return <Room />;
    case "unsupported":
      return lack ? (
        <Suspense fallback={null}>
          <Unsupported lack={lack} />
        </Suspense>
      ) : null;
    case "asking":
      return (
        <Suspense fallback={null}>
          <Asking />
        </Suspense>
      );
    case "starting":
    case "loading":
    case "cancelled":
    case "failed":
      return (
        <div className="px-3">
          <Loading />
        </div>
      );
    default:
      boot satisfies never;
      return null;
  }
}
