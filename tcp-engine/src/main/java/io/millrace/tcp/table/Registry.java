package io.millrace.tcp.table;

import java.util.Arrays;
import java.util.Map;

/**
 * Objects that records refer to by a number of 16 bits: each has one for as long as a record uses it, and is forgotten
 * with its last use.
 *
 * <p>Owned by the shard's thread. Allocates when more objects are in use at once than ever before, and where the map it was
 * given does; an {@code IdentityHashMap} does not.
 */
public final class Registry<T> {
    private static final int CAPACITY = 1 << 16;

    private final String name;
    private final Map<T, Integer> numbers;
    private Object[] objects = new Object[16];
    private int[] uses = new int[16];
    private Integer[] boxed = new Integer[16];
    private int[] free = new int[16];
    private int freeCount;
    private int neverUsed;

    /**
     * An empty registry.
     *
     * @param name what the objects are, for the message when there are too many.
     * @param numbers an empty map that decides which objects are the same.
     */
    public Registry(final String name, final Map<T, Integer> numbers) {
        this.name = name;
        this.numbers = numbers;
    }

    /** The object with this number, which is in use. */
    @SuppressWarnings("unchecked")
    public T get(final int number) {
        return (T) objects[number];
    }

    /**
     * One more use of an object; its number.
     *
     * @throws IllegalStateException if 65,536 others are in use.
     */
    public int acquire(final T object) {
        final Integer known = numbers.get(object);
        if (known != null) {
            uses[known]++;
            return known;
        }
        final int number = freeCount > 0 ? free[--freeCount] : newNumber();
        objects[number] = object;
        uses[number] = 1;
        numbers.put(object, boxed[number]);
        return number;
    }

    private int newNumber() {
        if (neverUsed == CAPACITY) {
            throw new IllegalStateException(CAPACITY + " " + name + " are in use, no more can be: share them");
        }
        if (neverUsed == objects.length) {
            objects = Arrays.copyOf(objects, neverUsed * 2);
            uses = Arrays.copyOf(uses, neverUsed * 2);
            boxed = Arrays.copyOf(boxed, neverUsed * 2);
            free = Arrays.copyOf(free, neverUsed * 2);
        }
        boxed[neverUsed] = neverUsed;
        return neverUsed++;
    }

    /** One more use of an object that is in use. */
    public void retain(final int number) {
        uses[number]++;
    }

    /** One use less; true if it was the last. */
    public boolean release(final int number) {
        if (--uses[number] > 0) {
            return false;
        }
        numbers.remove(get(number));
        objects[number] = null;
        free[freeCount++] = number;
        return true;
    }

    /** How many objects are in use. */
    public int size() {
        return neverUsed - freeCount;
    }
}
