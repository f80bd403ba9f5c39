"""examples/chain.ag in JAX, as a whole process."""

import json

import jax
import jax.numpy as jnp


def chain(x, y):
    z = x * y
    return jnp.sin(z) + jnp.log(z**2)


w, (x, y) = jax.value_and_grad(chain, argnums=(0, 1))(2.0, 3.0)
print(json.dumps([float(w), float(x), float(y)]))
