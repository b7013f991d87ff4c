package io.headrace.acceptance.rules;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Calendar;
import java.util.Date;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows of ARCHITECTURE.md, and who may ask the system for time and chance. */
class ArchitectureTest {
    private static final String STORE = "io.headrace.store..";
    private static final String ROUTER = "io.headrace.router..";
    private static final String OBJECTS = "io.headrace.objects..";
    private static final String CLUSTER = "io.headrace.cluster..";
    private static final String NODE = "io.headrace.node..";
    private static final String CLIENT = "io.headrace.client..";
    private static final String TESTKIT = "io.headrace.testkit..";
    private static final String OURS = "io.headrace..";

    /** They wire, measure or drive from outside; everything else is handed its time and chance. */
    private static final String[] MAY_ASK = {NODE, CLIENT, TESTKIT, "io.headrace.benchmarks.."};

    private static final String WIRE_EXCEPTION = "io.headrace.router.wire.WireException";

    private static final Set<String> CLOCKS = Set.of("java.time.Clock", "java.time.InstantSource");
    private static final Set<String> SOURCES_OF_CHANCE =
            Set.of(
                    "java.util.concurrent.ThreadLocalRandom",
                    "java.security.SecureRandom",
                    "java.util.SplittableRandom");

    private static JavaClasses classes;

    @BeforeAll
    static void importClasses() {
        var paths =
                Project.MODULES.stream()
                        .filter(Project::hasCode)
                        .map(module -> Project.root().resolve(module).resolve("target/classes"))
                        .toList();
        assertThat(paths).allSatisfy(path -> assertThat(path).isDirectory());
        classes = new ClassFileImporter().importPaths(paths);
        assertThat(classes).hasSizeGreaterThan(50);
    }

    @Test
    void storeKnowsNoHttpAndNoAws() {
        classes()
                .that()
                .resideInAPackage(STORE)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        STORE,
                        "java..",
                        "javax.crypto..",
                        "org.jspecify..",
                        "org.slf4j..",
                        "com.github.luben.zstd..",
                        "com.fasterxml.jackson..")
                .check(classes);
    }

    @Test
    void routerDependsOfOursOnTheStoreOnly() {
        noClasses()
                .that()
                .resideInAPackage(ROUTER)
                .should()
                .dependOnClassesThat(oursBut(ROUTER, STORE))
                .check(classes);
    }

    @Test
    void objectStoreDependsOfOursOnTheStoreOnly() {
        noClasses()
                .that()
                .resideInAPackage(OBJECTS)
                .should()
                .dependOnClassesThat(oursBut(OBJECTS, STORE))
                .check(classes);
    }

    @Test
    void clusterDependsOfOursOnTheStoreOnly() {
        noClasses()
                .that()
                .resideInAPackage(CLUSTER)
                .should()
                .dependOnClassesThat(oursBut(CLUSTER, STORE))
                .check(classes);
    }

    @Test
    void nodeDoesNotSeeTheClients() {
        noClasses()
                .that()
                .resideInAPackage(NODE)
                .should()
                .dependOnClassesThat(oursBut(NODE, ROUTER, OBJECTS, CLUSTER, STORE))
                .check(classes);
    }

    @Test
    void clientTalksToAnyEndpointSoItKnowsNothingOfTheServer() {
        noClasses()
                .that()
                .resideInAPackage(CLIENT)
                .should()
                .dependOnClassesThat(oursBut(CLIENT))
                .orShould()
                .dependOnClassesThat(resideInAnyPackage("io.vertx.."))
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void testkitDependsOnNothingOfOurs() {
        noClasses()
                .that()
                .resideInAPackage(TESTKIT)
                .should()
                .dependOnClassesThat(oursBut(TESTKIT))
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void onlyWiringAsksForTimeAndChance() {
        noClasses()
                .that()
                .resideOutsideOfPackages(MAY_ASK)
                .should()
                .accessTargetWhere(asksForTime())
                .orShould()
                .accessTargetWhere(asksForChance())
                .check(classes);
    }

    @Test
    void datesAreInstants() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Date.class, Calendar.class)
                .check(classes);
    }

    /**
     * Between the features of a module. Its root package may hold both what all of them speak of
     * and the facade over them. Refusals of the front door are worded in {@code wire}, also those
     * for who asks.
     */
    @Test
    void featuresHaveNoCycles() {
        slices().matching("io.headrace.(*).(*)..")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(resideInAPackage("io.headrace.router.auth"), type(WIRE_EXCEPTION))
                .check(classes);
    }

    private static DescribedPredicate<JavaClass> type(String name) {
        return DescribedPredicate.describe(name, candidate -> candidate.getName().equals(name));
    }

    private static DescribedPredicate<JavaClass> oursBut(String... packages) {
        return resideInAnyPackage(OURS)
                .and(not(resideInAnyPackage(packages)))
                .as("of ours but not in " + String.join(", ", packages));
    }

    private static DescribedPredicate<JavaAccess<?>> asksForTime() {
        return DescribedPredicate.describe(
                "asks the system for the time",
                access -> {
                    var owner = access.getTargetOwner().getName();
                    var name = access.getTarget().getName();
                    return (owner.startsWith("java.time.") && name.equals("now"))
                            || (CLOCKS.contains(owner) && name.startsWith("system"))
                            || (owner.equals("java.lang.System")
                                    && (name.equals("nanoTime")
                                            || name.equals("currentTimeMillis")));
                });
    }

    private static DescribedPredicate<JavaAccess<?>> asksForChance() {
        return DescribedPredicate.describe(
                "asks the system for chance",
                access -> {
                    var owner = access.getTargetOwner();
                    var name = access.getTarget().getName();
                    boolean made = name.equals("<init>") || name.equals("current");
                    // A Random from a seed is as good as one handed in.
                    boolean unseeded =
                            owner.isEquivalentTo(Random.class)
                                    && access.getTarget().getFullName().endsWith("<init>()");
                    return unseeded
                            || (made && SOURCES_OF_CHANCE.contains(owner.getName()))
                            || (owner.getName().equals("java.lang.Math") && name.equals("random"))
                            || (owner.getName().equals("java.util.UUID")
                                    && name.equals("randomUUID"));
                });
    }
}
