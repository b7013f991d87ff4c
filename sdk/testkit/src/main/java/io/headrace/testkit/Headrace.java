package io.headrace.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a JUnit test class one running node; its tests and constructor may take a {@link
 * HeadraceNode} or its {@link java.net.URI endpoint} as a parameter.
 *
 * <pre>{@code
 * @Headrace
 * class OrdersTest {
 *     @Test
 *     void ordersArrive(URI endpoint) { … }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(HeadraceExtension.class)
public @interface Headrace {
    /** More options of {@code headrace serve}. */
    String[] options() default {};
}
