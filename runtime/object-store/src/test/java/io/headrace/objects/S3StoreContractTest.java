package io.headrace.objects;

import io.headrace.store.object.ObjectStore;
import io.headrace.store.object.ObjectStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class S3StoreContractTest extends ObjectStoreContract {
    @RegisterExtension static final RunningS3Server S3 = new RunningS3Server();

    @Override
    protected ObjectStore open() {
        return TestStores.open(S3.settings());
    }
}
