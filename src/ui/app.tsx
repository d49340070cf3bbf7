import { Banner } from "./banner.tsx";
import { Loading } from "./boot/loading.tsx";
import { Unsupported } from "./boot/unsupported.tsx";
import { Header } from "./header/header.tsx";
import { Playground } from "./playground.tsx";
import { useBitdial } from "./use-store.ts";

export function App() {
  return (
    <>
      <Header />
      <Banner />
      <main id="main" tabIndex={-1} className="outline-none">
        <Main />
      </main>
    </>
  );
}

function Main() {
  const boot = useBitdial((state) => state.boot);
  const lack = useBitdial((state) => state.lack);
  switch (boot) {
    case "ready":
      return <Playground />;
    case "unsupported":
      return lack ? <Unsupported lack={lack} /> : null;
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
