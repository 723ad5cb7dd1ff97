import { unknownRoute } from "../../platform/errors.ts";
import type { Route } from "./route.ts";

/** A route and the ids in the path of the call; "" if the route has none. */
export interface RouteMatch {
  route: Route;
  id: string;
  ownerId: string;
}

/** Finds routes by method and path. */
export class Router {
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(routes: readonly Route[]) {
    this.#routes = new Map(routes.map((route) => [routeKey(route), route]));
  }

  /** @throws ApiError 404 if there is no such route. */
  require(method: string, path: string): RouteMatch {
    const exact = this.#routes.get(`${method} ${path}`);
    if (exact !== undefined) return { route: exact, id: "", ownerId: "" };
    const segments = path.split("/");
    for (const [place, segment] of segments.entries()) {
      const route = this.#routes.get(`${method} ${segments.with(place, ":id").join("/")}`);
      if (route !== undefined && segment !== "") return { route, id: decodeId(segment), ownerId: "" };
    }
    const owned = this.#findOwned(method, segments);
    if (owned !== undefined) return owned;
    throw unknownRoute(method, path);
  }

  /** A route below an object: `/v1/customers/:owner/balance_transactions/:id`. */
  #findOwned(method: string, segments: readonly string[]): RouteMatch | undefined {
    const [owner = "", id = ""] = [segments[3], segments[5]];
    if (segments.length !== 6 || owner === "" || id === "") return undefined;
    const route = this.#routes.get(`${method} ${segments.with(3, ":owner").with(5, ":id").join("/")}`);
    return route && { route, id: decodeId(id), ownerId: decodeId(owner) };
  }

  /** The route's name for a name or a concrete call such as `GET /v1/products/prod_1`; undefined for neither. */
  nameOf(text: string): string | undefined {
    const [method = "", path = ""] = text.split(" ");
    if (this.#routes.has(text)) return text;
    try {
      return routeKey(this.require(method, path).route);
    } catch {
      return undefined;
    }
  }
}

/** A route's name: `GET /v1/products/:id`. */
export function routeKey({ method, path }: Pick<Route, "method" | "path">): string {
  return `${method} ${path}`;
}

function decodeId(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
